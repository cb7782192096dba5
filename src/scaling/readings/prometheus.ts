import type { Reading } from './reading.ts'

/** The body of an answer to an instant query. */
export interface PrometheusAnswer {
  readonly data?: { readonly result?: readonly { readonly value?: readonly unknown[] | null }[] | null }
}

export interface PrometheusInput {
  readonly answer: PrometheusAnswer
  readonly query: string
  /** Default true: an empty, NaN or infinite answer is 0 instead of an error. */
  readonly ignoreNullValues?: boolean
  /** Default 0. */
  readonly activationThreshold?: number
}

/**
 * The one number of an instant query. More than one element is an error; none, NaN and infinity are 0, or an error when
 * `ignoreNullValues` is off. A null in place of the number is −1, as it is in KEDA.
 *
 * Source: keda: pkg/scalers/prometheus_scaler.go, ExecutePromQuery.
 */
export function prometheusReading({ answer, query, ignoreNullValues = true, activationThreshold = 0 }: PrometheusInput): Reading {
  const number = readNumber(answer, query)
  if (typeof number === 'string') return { error: number }
  if (number.missing !== undefined && !ignoreNullValues) return { error: number.missing }
  const value = number.missing === undefined ? number.value : 0
  return { value, active: number.missing === undefined ? value > activationThreshold : 0 > activationThreshold }
}

type Numeric = Readonly<{ value: number; missing?: string }>

function readNumber({ data }: PrometheusAnswer, query: string): Numeric | string {
  const elements = data?.result ?? []
  if (elements.length > 1) return `the query ${query} returned ${elements.length} elements, but must return one`
  const pair = elements[0]?.value ?? []
  if (pair.length === 0) return { value: 0, missing: `the query ${query} returned nothing; its target may be gone` }
  if (pair.length < 2) return `the query ${query} returned a time without a value`
  const text = pair[1]
  if (text === null) return { value: -1 }
  const value = parseFloatOfGo(String(text))
  if (value === undefined) return `the query ${query} returned ${JSON.stringify(text)}, which is no number`
  return Number.isFinite(value) ? { value } : { value: 0, missing: `the query ${query} returned ${String(text)}` }
}

function parseFloatOfGo(text: string): number | undefined {
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  if (/^[+-]?nan$/i.test(text)) return Number.NaN
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined
}

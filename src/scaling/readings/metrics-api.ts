import { parse as parseYaml } from 'yaml'
import { followDottedPath } from './dotted-path.ts'
import { followJsonPath } from './json-path.ts'
import { readPrometheusText } from './prometheus-text.ts'
import { parseQuantityText } from './quantity-text.ts'
import { parseXmlTree } from './xml-tree.ts'

export interface MetricsApiValueInput {
  readonly body: string
  /** A GJSON path for `json`, a dotted path for `yaml` and `xml`, a selector for `prometheus`. */
  readonly valueLocation: string
  /** Default `json`. */
  readonly format?: 'json' | 'yaml' | 'xml' | 'prometheus'
}

export type MetricsApiValueResult = { readonly value: number; readonly error?: never } | { readonly error: string; readonly value?: never }

/**
 * The number at a place of an answer: a number, or a text that is a Kubernetes quantity. KEDA documents `xml` but cannot read it;
 * here its paths go from the root element's name or from inside the root.
 *
 * Source: keda: pkg/scalers/metrics_api_scaler.go, GetValueFromResponse.
 */
export function metricsApiValue({ body, valueLocation, format = 'json' }: MetricsApiValueInput): MetricsApiValueResult {
  switch (format) {
    case 'prometheus':
      return readPrometheusText(body, valueLocation)
    case 'json':
      return attempt('JSON', () => toNumber(followJsonPath(JSON.parse(body), valueLocation), valueLocation))
    case 'yaml':
      return attempt('YAML', () => atDottedPath(parseYaml(body, { logLevel: 'error' }), valueLocation))
    case 'xml':
      return readXml(body, valueLocation)
  }
  return { error: `format ${JSON.stringify(format)} must be one of json, yaml, xml, prometheus` }
}

function attempt(format: string, read: () => MetricsApiValueResult): MetricsApiValueResult {
  try {
    return read()
  } catch (error) {
    return { error: `the answer is no ${format}: ${error instanceof Error ? error.message : String(error)}` }
  }
}

function atDottedPath(root: unknown, path: string): MetricsApiValueResult {
  const step = followDottedPath(root, path)
  return step.error === undefined ? toNumber(step.found, path) : { error: step.error }
}

function readXml(body: string, path: string): MetricsApiValueResult {
  const tree = parseXmlTree(body.trim())
  if (tree === undefined) return { error: 'the answer is no well-formed XML' }
  const [root] = Object.entries(tree)
  const namesRoot = root === undefined || typeof root[1] === 'string' || path.split('.')[0] === root[0]
  return atDottedPath(namesRoot ? tree : root[1], path)
}

function toNumber(found: unknown, path: string): MetricsApiValueResult {
  if (typeof found === 'number') return { value: found }
  if (typeof found !== 'string')
    return { error: `valueLocation ${JSON.stringify(path)} leads to ${kindOf(found)}, not to a number or quantity` }
  const value = parseQuantityText(found)
  return value === undefined
    ? { error: `valueLocation ${JSON.stringify(path)} leads to ${JSON.stringify(found)}, which is no quantity` }
    : { value }
}

function kindOf(found: unknown): string {
  if (found === undefined) return 'nothing'
  if (typeof found !== 'object' || found === null) return String(found)
  return Array.isArray(found) ? 'a list' : 'a map'
}

export interface AggregateMetricsApiInput {
  /** What each endpoint answered; those with an error are left out. */
  readonly answers: readonly MetricsApiValueResult[]
  /** Default `average`. */
  readonly aggregationType?: 'average' | 'sum' | 'max' | 'min'
}

/**
 * One number from the endpoints of a service. Failing endpoints do not count, unless all fail.
 *
 * Source: keda: pkg/scalers/metrics_api_scaler.go, aggregateMetricsFromMultipleEndpoints.
 */
export function aggregateMetricsApi({ answers, aggregationType = 'average' }: AggregateMetricsApiInput): MetricsApiValueResult {
  const values = answers.flatMap(({ value }) => (value === undefined ? [] : [value]))
  if (answers.length === 0) return { error: 'the service has no endpoint' }
  if (values.length === 0) return { error: `none of ${answers.length} endpoints gave a value; the first: ${answers[0]?.error ?? ''}` }
  const sum = values.reduce((total, value) => total + value, 0)
  if (aggregationType === 'max') return { value: Math.max(...values) }
  if (aggregationType === 'min') return { value: Math.min(...values) }
  return { value: aggregationType === 'sum' ? sum : sum / values.length }
}

import { isRecord } from '../../dialects/source/wording.ts'
import type { Diagnostic, Origin } from '../../kernel/diagnostic.ts'
import { within } from '../../kernel/diagnostic.ts'
import { parseGoDuration } from '../../kernel/duration.ts'
import { didYouMean } from '../../kernel/nearest.ts'
import type { Spread } from './load-types.ts'
import { instantOf } from './read-trace.ts'

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 }

/** The fields of one map of a load file: read with their kind; what is wrong or unknown becomes a diagnostic with its place. */
export class LoadFields {
  readonly origin: Origin
  readonly #value: Readonly<Record<string, unknown>>
  readonly #diagnostics: Diagnostic[]
  readonly #asked = new Set<string>()

  private constructor(value: Readonly<Record<string, unknown>>, origin: Origin, diagnostics: Diagnostic[]) {
    this.#value = value
    this.origin = origin
    this.#diagnostics = diagnostics
  }

  /** Undefined, with a diagnostic, for what is no map. */
  static of(value: unknown, origin: Origin, diagnostics: Diagnostic[]): LoadFields | undefined {
    if (isRecord(value)) return new LoadFields(value, origin, diagnostics)
    diagnostics.push({ code: 'MP7501', severity: 'error', message: 'this must be a map of fields', origin })
    return undefined
  }

  get keys(): readonly string[] {
    return Object.keys(this.#value)
  }

  has(key: string): boolean {
    this.#asked.add(key)
    return this.#value[key] !== undefined && this.#value[key] !== null
  }

  raw(key: string): unknown {
    this.#asked.add(key)
    return this.#value[key] ?? undefined
  }

  at(...path: readonly (string | number)[]): Origin {
    return within(this.origin, ...path)
  }

  fields(key: string): LoadFields | undefined {
    return this.has(key) ? LoadFields.of(this.raw(key), this.at(key), this.#diagnostics) : undefined
  }

  /** Seconds. */
  duration(key: string): number | undefined {
    const value = this.raw(key)
    if (value === undefined) return undefined
    const seconds = secondsOf(value)
    if (seconds === undefined) this.#wrong(key, `"${key}" must be a duration`, 'write 250ms, 3s, 10m or 24h')
    return seconds
  }

  /** Events a second. */
  rate(key: string): number | undefined {
    const value = this.raw(key)
    if (value === undefined) return undefined
    const match = /^(\d+(?:\.\d+)?)\s*\/\s*([smh])$/.exec(String(value).trim())
    const rate = typeof value === 'number' ? value : match === null ? Number.NaN : Number(match[1]) / (UNITS[match[2] ?? ''] ?? Number.NaN)
    if (Number.isFinite(rate) && rate >= 0) return rate
    this.#wrong(key, `"${key}" must be a rate`, 'write 20/s, 300/m or 5/h')
    return undefined
  }

  number(key: string, least = 0): number | undefined {
    const value = this.raw(key)
    if (value === undefined) return undefined
    if (typeof value === 'number' && Number.isFinite(value) && value >= least) return value
    this.#wrong(key, `"${key}" must be a number of ${least} or more`)
    return undefined
  }

  whole(key: string, least: number): number | undefined {
    const value = this.number(key, least)
    if (value === undefined || Number.isInteger(value)) return value
    this.#wrong(key, `"${key}" must be a whole number`)
    return undefined
  }

  text(key: string): string | undefined {
    const value = this.raw(key)
    if (value === undefined || typeof value === 'string') return value
    this.#wrong(key, `"${key}" must be text`)
    return undefined
  }

  /** Milliseconds since the epoch. */
  date(key: string): number | undefined {
    const value = this.raw(key)
    if (value === undefined) return undefined
    const ms = typeof value === 'string' ? instantOf(value) : undefined
    if (ms === undefined) this.#wrong(key, `"${key}" must be a date`, 'write 2026-01-05T00:00:00Z')
    return ms
  }

  choice<const T extends string>(key: string, choices: readonly T[]): T | undefined {
    const value = this.raw(key)
    if (value === undefined) return undefined
    const found = choices.find((choice) => choice === value)
    if (found === undefined) this.#wrong(key, `"${key}" must be ${choices.join(' or ')}`)
    return found
  }

  /** A list, or one item that stands for a list of one, with the place of each. */
  list(key: string): readonly { readonly value: unknown; readonly origin: Origin }[] {
    const value = this.raw(key)
    if (value === undefined) return []
    if (!Array.isArray(value)) return [{ value, origin: this.at(key) }]
    return value.map((item: unknown, index) => ({ value: item, origin: this.at(key, index) }))
  }

  /** A duration, fixed or by chance. */
  spread(key: string): Spread | undefined {
    if (!this.has(key)) return undefined
    if (!isRecord(this.raw(key))) {
      const seconds = this.duration(key)
      return seconds === undefined ? undefined : { kind: 'constant', seconds }
    }
    const fields = this.fields(key)
    if (fields?.has('exponential') === true) {
      const mean = fields.duration('exponential')
      fields.close()
      return mean === undefined ? undefined : { kind: 'exponential', mean }
    }
    const shape = fields?.fields('lognormal')
    const [median, p95] = [shape?.duration('median'), shape?.duration('p95')]
    fields?.close()
    shape?.close()
    if (median !== undefined && p95 !== undefined && median > 0 && p95 > median) return { kind: 'lognormal', median, p95 }
    this.#wrong(key, `"${key}" has no distribution`, 'write 100ms, {exponential: 100ms} or {lognormal: {median: 80ms, p95: 400ms}}')
    return undefined
  }

  /** What must be there. */
  need<T>(value: T | undefined, key: string): T | undefined {
    if (value === undefined && !this.has(key))
      this.#diagnostics.push({ code: 'MP7501', severity: 'error', message: `"${key}" is missing`, origin: this.origin })
    return value
  }

  wrong(key: string, message: string, hint?: string): void {
    this.#wrong(key, message, hint)
  }

  /** Fields that nobody asked for are mistakes. */
  close(): void {
    for (const key of this.keys) {
      if (this.#asked.has(key)) continue
      const hint = didYouMean(key, this.#asked) ?? `there are: ${[...this.#asked].join(', ')}`
      this.#diagnostics.push({
        code: 'MP7502',
        severity: 'error',
        message: `unknown field "${key}"`,
        origin: this.at(key),
        mark: 'key',
        hint,
      })
    }
  }

  #wrong(key: string, message: string, hint?: string): void {
    this.#diagnostics.push({ code: 'MP7501', severity: 'error', message, origin: this.at(key), ...(hint === undefined ? {} : { hint }) })
  }
}

/** Seconds of `3s`, `10m`, `24h`, `7d` or a plain number. */
export function secondsOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined
  if (typeof value !== 'string') return undefined
  const days = /^(\d+(?:\.\d+)?)d(.*)$/.exec(value.trim())
  const rest = days === null ? value.trim() : (days[2] ?? '')
  const ms = rest === '' && days !== null ? 0 : parseGoDuration(rest)
  if (ms === undefined || ms < 0) return undefined
  return Number(days?.[1] ?? 0) * 86_400 + ms / 1000
}

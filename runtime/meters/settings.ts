import type { Millis } from '../../src/kernel/instant.ts'
import { WrongSetting } from './failure.ts'

/** Milliseconds in the units that Go writes durations with. */
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/**
 * Metadata of a trigger, read with the types that KEDA gives its parameters (kedacore/keda: pkg/scalers/scalersconfig/typed_config.go).
 * An empty value counts as none. Everything that cannot be read throws `WrongSetting`.
 */
export class Settings {
  readonly values: Readonly<Record<string, string>>

  constructor(values: Readonly<Record<string, string>>) {
    this.values = values
  }

  /** The first of these names that has a value. */
  text(...names: readonly string[]): string | undefined {
    for (const name of names) if (this.values[name]) return this.values[name]
    return undefined
  }

  demand(...names: readonly string[]): string {
    const found = this.text(...names)
    if (found === undefined) throw new WrongSetting(`${names.join(' or ')} is missing`)
    return found
  }

  number(name: string, otherwise: number): number {
    const text = this.text(name)
    if (text === undefined) return otherwise
    const value = Number(text)
    if (!Number.isFinite(value)) throw new WrongSetting(`${name} is no number`)
    return value
  }

  /** `true` and `false` in the spellings of Go. */
  flag(name: string, otherwise = false): boolean {
    const text = this.text(name)
    if (text === undefined) return otherwise
    if (/^(1|t|true)$/i.test(text)) return true
    if (/^(0|f|false)$/i.test(text)) return false
    throw new WrongSetting(`${name} is neither true nor false`)
  }

  /** Elements between commas, without the spaces around them. */
  list(...names: readonly string[]): readonly string[] {
    return (this.text(...names) ?? '')
      .split(',')
      .map((element) => element.trim())
      .filter((element) => element !== '')
  }

  choice<T extends string>(name: string, choices: readonly T[], otherwise: T): T {
    const text = this.text(name) ?? otherwise
    const found = choices.find((choice) => choice === text)
    if (found === undefined) throw new WrongSetting(`${name} is none of ${choices.join(', ')}`)
    return found
  }

  /** `key=value` between commas. */
  pairs(name: string): ReadonlyMap<string, string> {
    const pairs = this.list(name).map((element) => {
      const [key = '', value, ...more] = element.split('=')
      if (value === undefined || more.length > 0) throw new WrongSetting(`${name} has an element that is not key=value`)
      return [key.trim(), value.trim()] as const
    })
    return new Map(pairs)
  }

  /** `30s`, `1m30s`, or bare milliseconds. */
  duration(name: string, otherwise: Millis): Millis {
    const text = this.text(name)
    if (text === undefined) return otherwise
    if (/^\d+$/.test(text)) return Number(text)
    if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text))
      throw new WrongSetting(`${name} is neither a duration such as 30s nor a number of milliseconds`)
    const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)
    return [...parts].reduce((sum, [, figure, unit]) => sum + Number(figure) * (UNITS[unit ?? ''] ?? 0), 0)
  }
}

import { refuseUsage } from './refusal-error.ts'

/** The options of one call by their long name in camel case, read with the type a command expects. */
export class Options {
  readonly #values: Readonly<Record<string, unknown>>

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values
  }

  flag(name: string): boolean {
    return this.#values[name] === true
  }

  /** True unless `--no-<name>` was given. */
  enabled(name: string): boolean {
    return this.#values[name] !== false
  }

  text(name: string): string | undefined {
    const value = this.#values[name]
    return typeof value === 'string' ? value : undefined
  }

  texts(name: string): readonly string[] {
    const value = this.#values[name]
    return Array.isArray(value) ? value.map(String) : []
  }

  /** A whole number, 0 or more. */
  whole(name: string, flag: string): number | undefined {
    const text = this.text(name)
    return text === undefined ? undefined : parseWhole(text, flag)
  }

  /** A number, 0 or more. */
  amount(name: string, flag: string): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const value = Number(text)
    if (text.trim() === '' || !Number.isFinite(value) || value < 0) throw refuseUsage(`${flag}: "${text}" is not a number of 0 or more`)
    return value
  }
}

/** `what` names the option or argument in the refusal. */
export function parseWhole(text: string, what: string): number {
  if (!/^\d+$/.test(text)) throw refuseUsage(`${what}: "${text}" is not a whole number of 0 or more`)
  return Number(text)
}

/** `web=3` pairs as a record. */
export function parseScales(pairs: readonly string[], what: string): Readonly<Record<string, number>> {
  const scales: Record<string, number> = {}
  for (const pair of pairs) {
    const match = /^([^=]+)=(.*)$/.exec(pair)
    if (match?.[1] === undefined) throw refuseUsage(`${what}: "${pair}" is not of the form component=replicas, for example web=3`)
    scales[match[1]] = parseWhole(match[2] ?? '', what)
  }
  return scales
}

/** `NAME=value` pairs as a record; a bare `NAME` takes its value from `env`. */
export function parseVariables(
  pairs: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {}
  for (const pair of pairs) {
    const split = pair.indexOf('=')
    const name = split < 0 ? pair : pair.slice(0, split)
    if (name === '') throw refuseUsage(`--env: "${pair}" is not of the form NAME=value`)
    const value = split < 0 ? env[name] : pair.slice(split + 1)
    if (value !== undefined) variables[name] = value
  }
  return variables
}

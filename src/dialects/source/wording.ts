/** A plain map of YAML or JSON. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What was found, in words; never its text, which may be private. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  if (typeof value === 'string') return 'text'
  return typeof value === 'number' ? 'a number' : 'true or false'
}

/** How to repair a frequent mistake of types. */
export function quoteHint(expected: string, value: unknown): string | undefined {
  if (expected === 'text' && (typeof value === 'number' || typeof value === 'boolean')) return 'put the value in quotes'
  if (expected === 'a list') return 'start each item on its own line with "- "'
  return undefined
}

/** `"a", "b" or "c"`. */
export function sayNames(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}"`)
  const last = quoted.at(-1) ?? ''
  return quoted.length < 2 ? last : `${quoted.slice(0, -1).join(', ')} or ${last}`
}

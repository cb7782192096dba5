type Steps = readonly string[]

/** What is at the path; `*` is the first member. */
export function at(value: unknown, [step, ...rest]: Steps): unknown {
  if (step === undefined || value === undefined || value === null) return value
  const next = step === '*' ? Object.values(value as object)[0] : (value as Readonly<Record<string, unknown>>)[step]
  return at(next, rest)
}

/** The value with another one at the path; undefined removes. */
export function put(value: unknown, [step, ...rest]: Steps, wanted: unknown): unknown {
  if (step === undefined) return wanted
  if (Array.isArray(value)) return [put(value[0], rest, wanted), ...value.slice(1)]
  const map = (value ?? {}) as Readonly<Record<string, unknown>>
  const key = step === '*' ? (Object.keys(map)[0] ?? 'sample') : step
  if (Array.isArray(map[key]) && rest[0] === '*' && rest.length === 1) return { ...map, [key]: [wanted] }
  return { ...map, [key]: put(map[key], rest, wanted) }
}

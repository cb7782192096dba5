import { isRecord } from '../source/wording.ts'

/** A secret value among parameters; whoever writes something else than a text there is told so. */
export interface SecretEntry {
  readonly value: unknown
  readonly path: readonly (string | number)[]
  /** The `name` nearest around it: traits that create secrets name them there. */
  readonly owner: string | undefined
}

type Replace = (scalar: SecretEntry) => unknown

/** The parameters with every value at the patterns (`*` for any key or index) replaced. */
export function mapSecrets(params: unknown, patterns: readonly (readonly string[])[] | undefined, replace: Replace): unknown {
  return (patterns ?? []).reduce<unknown>((value, pattern) => walk(value, pattern, { path: [], owner: undefined, replace }), params)
}

interface Trail {
  readonly path: readonly (string | number)[]
  readonly owner: string | undefined
  readonly replace: Replace
}

function walk(value: unknown, pattern: readonly string[], trail: Trail): unknown {
  const [head, ...rest] = pattern
  if (head === undefined) {
    if (value === null || value === undefined) return value
    return trail.replace({ value, path: trail.path, owner: trail.owner })
  }
  const into = (step: string | number, item: unknown): unknown => walk(item, rest, enter(trail, step, item))
  if (Array.isArray(value)) return head === '*' ? value.map((item, index) => into(index, item)) : value
  // A single value in the place of a map of secrets is one.
  if (!isRecord(value)) return walk(value, [], trail)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, head === '*' || key === head ? into(key, item) : item]))
}

function enter(trail: Trail, step: string | number, value: unknown): Trail {
  const name = isRecord(value) ? value['name'] : undefined
  return { ...trail, path: [...trail.path, step], owner: typeof name === 'string' ? name : trail.owner }
}

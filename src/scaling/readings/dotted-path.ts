/** What a dotted path leads to, or why it leads nowhere. */
export type PathResult = { readonly found: unknown; readonly error?: never } | { readonly error: string; readonly found?: never }

/**
 * Follows a path such as `queues.0.length` into nested maps and lists. A value that is neither ends the walk, whatever of the path is
 * left. Source: keda: pkg/util/value_by_path.go.
 */
export function followDottedPath(root: unknown, path: string): PathResult {
  if (!isContainer(root) || Array.isArray(root)) return { error: 'the answer is no map' }
  let current: object = root
  for (const key of path.split('.')) {
    if (!Object.hasOwn(current, key)) return { error: `there is no ${JSON.stringify(key)} on the way to ${JSON.stringify(path)}` }
    const next: unknown = Reflect.get(current, key)
    if (!isContainer(next)) return { found: next }
    current = next
  }
  return { error: `${JSON.stringify(path)} leads to a ${Array.isArray(current) ? 'list' : 'map'}, not to a value` }
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

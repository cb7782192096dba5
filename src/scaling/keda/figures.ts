/** A number as people write it: no more than three decimals, no exponent below 10^21. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'not a number' : value > 0 ? 'infinity' : 'minus infinity'
  return String(Math.round(value * 1000) / 1000)
}

export function replicasText(count: number): string {
  return count === 1 ? '1 replica' : `${count} replicas`
}

export function secondsText(ms: number): string {
  return `${figure(ms / 1000)} s`
}

/** "a", "a and b", "a, b and c". */
export function listText(items: readonly string[]): string {
  const last = items.at(-1) ?? ''
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`
}

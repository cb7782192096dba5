/** A wish as it was before stabilisation, and when it was made (milliseconds since the epoch). */
export interface Recommendation {
  readonly replicas: number
  readonly atMs: number
}

/** The log with one more wish: in the slot of one that no window needs, or at its end. So it never outgrows its windows. */
export function logRecommendation(log: readonly Recommendation[], slot: number, wish: Recommendation): readonly Recommendation[] {
  const next = log.slice()
  next[slot === -1 ? log.length : slot] = wish
  return next
}

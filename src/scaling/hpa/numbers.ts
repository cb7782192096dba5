/** The largest number of replicas that upstream's int32 can hold; larger wishes are cut to it. */
export const MAX_REPLICAS = 2_147_483_647

/** The largest sum of milli-units that upstream's int64 can hold (as the nearest double). */
export const MAX_MILLI = 2 ** 63

/**
 * A number in a metric's own unit as whole milli-units, rounded up, as upstream's quantities are. The error that a decimal
 * fraction has as a double (16.1 × 1000 is a little above 16100) is not taken for a part of a milli-unit.
 *
 * kubernetes: apimachinery/pkg/api/resource/quantity.go (MilliValue)
 */
export function toMilli(value: number): number {
  const scaled = value * 1000
  const nearest = Math.round(scaled)
  return Math.abs(scaled - nearest) <= 1e-9 * Math.max(1, Math.abs(nearest)) ? nearest : Math.ceil(scaled)
}

/** A wish rounded up to whole replicas: at least 0, at most 2^31 - 1. What is no number is 0. */
export function toReplicas(wish: number): number {
  if (!(wish > 0)) return 0
  return wish >= MAX_REPLICAS ? MAX_REPLICAS : Math.ceil(wish)
}

/** `parts` of a hundred, without the fraction. Exact also where a hundred times the part is no safe integer. */
export function wholePercent(part: number, whole: number): number {
  const hundredfold = part * 100
  if (Number.isSafeInteger(hundredfold) || !Number.isInteger(part) || !Number.isInteger(whole)) return Math.trunc(hundredfold / whole) + 0
  return Number((BigInt(part) * 100n) / BigInt(whole))
}

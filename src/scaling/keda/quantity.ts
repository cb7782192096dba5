export interface MetricQuantityInput {
  /** In the metric's own unit, as a scaler read it. */
  readonly value: number
}

export interface MetricQuantityResult {
  /** What KEDA serves to the HPA, in thousandths of the metric's unit. */
  readonly quantityMilli: number
}

/**
 * A metric's value as KEDA serves it: rounded to three decimals; what is no number, infinite or negative counts as 0.
 * Upstream: pkg/scalers/scaler.go (quantityFromFloat64).
 */
export function metricQuantity({ value }: MetricQuantityInput): MetricQuantityResult {
  return { quantityMilli: isCountable(value) ? roundedMilli(value) : 0 }
}

/** What a formula or a fallback makes of numbers is cut off after three decimals, not rounded, and has 64 bits (upstream: int64(value × 1000)). */
export function truncatedMilli(value: number): number {
  return isCountable(value) ? Math.min(Math.trunc(value * 1000), LARGEST) : 0
}

const LARGEST = 2 ** 63

function isCountable(value: number): boolean {
  return Number.isFinite(value) && value > 0
}

/** Go prints halves to the even neighbour, JavaScript upwards; a half of a thousandth in binary is always an odd number of sixteenths. */
function roundedMilli(value: number): number {
  const sixteenths = value * 16
  if (Number.isSafeInteger(sixteenths) && sixteenths % 2 === 1) return halfToEven(BigInt(sixteenths) * 625n)
  if (value >= 2 ** 52) return Math.min(value * 1000, Number.MAX_VALUE)
  return Number(value.toFixed(3).replace('.', ''))
}

/** A tenth of it, a whole number. */
function halfToEven(tenths: bigint): number {
  const whole = tenths / 10n
  const rest = tenths % 10n
  const up = rest > 5n || (rest === 5n && whole % 2n === 1n)
  return Number(up ? whole + 1n : whole)
}

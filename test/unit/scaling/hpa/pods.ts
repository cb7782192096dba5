import type { HpaPod } from '../../../../src/scaling/index.ts'

/** Pods p0, p1, …: running, ready and old enough for every rule, but for what is said. */
export function somePods(count: number, change: (index: number) => Partial<HpaPod> = () => ({})): readonly HpaPod[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `p${index}`,
    phase: 'Running' as const,
    ready: true,
    readyTransitionAtMs: -3_600_000,
    startedAtMs: -3_600_000,
    ...change(index),
  }))
}

/** Resource samples of p0, p1, …; a pod without a number has no sample. */
export function usages(...milli: readonly (number | undefined)[]): Record<string, { readonly usageMilli: number }> {
  return named(milli, (usageMilli) => ({ usageMilli }))
}

/** Values of a pods metric of p0, p1, … */
export function values(...of: readonly (number | undefined)[]): Record<string, { readonly value: number }> {
  return named(of, (value) => ({ value }))
}

/** Requests of p0, p1, … */
export function requests(...milli: readonly (number | undefined)[]): Record<string, number> {
  return named(milli, (request) => request)
}

function named<T>(numbers: readonly (number | undefined)[], make: (number: number) => T): Record<string, T> {
  return Object.fromEntries(numbers.flatMap((number, index) => (number === undefined ? [] : [[`p${index}`, make(number)]])))
}

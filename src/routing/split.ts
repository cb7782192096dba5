/** A target with its cumulative weight. */
export interface Share {
  readonly upTo: number
}

/** Cumulative weights in smallest terms (90/10 becomes 9/1); targets without weight are left out. */
export function cumulate<T extends { readonly weight: number }>(targets: readonly T[]): readonly (Omit<T, 'weight'> & Share)[] {
  const weighted = targets.filter((target) => target.weight > 0)
  const divisor = weighted.reduce((common, target) => greatestCommonDivisor(common, target.weight), 0)
  let upTo = 0
  return weighted.map(({ weight, ...target }) => {
    upTo += weight / divisor
    return { ...target, upTo }
  })
}

/** The target of the n-th request: exact over every window of the total weight, without randomness. */
export function pickShare<T extends Share>(targets: readonly T[], counter: number): T | undefined {
  const last = targets[targets.length - 1]
  if (last === undefined || targets.length === 1) return last
  const position = counter % last.upTo
  for (const target of targets) if (position < target.upTo) return target
  return last
}

function greatestCommonDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestCommonDivisor(right, left % right)
}

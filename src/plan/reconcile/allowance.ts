import type { Share, UpdateStrategy } from '../../model/component.ts'

export /** How far a change may go at once: extra replicas, and missing ready ones. */
interface Allowance {
  readonly surge: number
  readonly unavailable: number
}

/** Surge rounds up, unavailable rounds down, both zero means one unavailable. Source: Kubernetes, ResolveFenceposts. */
export function allowanceOf(update: UpdateStrategy, replicas: number): Allowance {
  if (update.type !== 'rolling') return { surge: 0, unavailable: replicas }
  const surge = amountOf(update.surge, replicas, Math.ceil)
  const unavailable = amountOf(update.unavailable, replicas, Math.floor)
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable }
}

function amountOf(share: Share, replicas: number, round: (value: number) => number): number {
  return 'count' in share ? share.count : round((replicas * share.percent) / 100)
}

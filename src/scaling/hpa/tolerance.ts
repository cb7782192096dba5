import type { HpaBehavior } from './behavior.ts'

/** How far a ratio may lie from 1 without a change of size, for each direction. Upstream's global default is 0.1 for both. */
export interface HpaTolerance {
  readonly scaleUp: number
  readonly scaleDown: number
}

export const DEFAULT_TOLERANCE: HpaTolerance = { scaleUp: 0.1, scaleDown: 0.1 }

export interface HpaToleranceInput {
  readonly behavior?: HpaBehavior | undefined
  /** The controller's own, for both directions. Default 0.1. */
  readonly tolerance?: number | undefined
}

/**
 * The tolerance of one autoscaler: the controller's, unless `behavior.scaleUp.tolerance` or `behavior.scaleDown.tolerance` says
 * otherwise for its direction.
 *
 * kubernetes: pkg/controller/podautoscaler/horizontal.go (tolerancesForHpa; on by default since 1.35)
 */
export function hpaTolerance(input: HpaToleranceInput): HpaTolerance {
  const up = input.behavior?.scaleUp?.tolerance
  const down = input.behavior?.scaleDown?.tolerance
  const all = input.tolerance
  if (all === undefined && up === undefined && down === undefined) return DEFAULT_TOLERANCE
  return { scaleUp: up ?? all ?? DEFAULT_TOLERANCE.scaleUp, scaleDown: down ?? all ?? DEFAULT_TOLERANCE.scaleDown }
}

/** Both ends belong to the tolerance. */
export function isWithin(ratio: number, tolerance: HpaTolerance): boolean {
  return 1 - tolerance.scaleDown <= ratio && ratio <= 1 + tolerance.scaleUp
}

import type { Millis } from '../kernel/instant.ts'
import type { Use } from './use.ts'

/** A ScaledObject in all but name: every dialect's scaling lowers to it, with that dialect's defaults. */
export interface ScalePolicy {
  readonly min: number
  readonly max: number
  readonly idle?: number
  /** Replicas before any decision (OAM trait `scaler`). */
  readonly initial: number
  /** Empty means a fixed count. */
  readonly triggers: readonly Use[]
  readonly pollMs: Millis
  readonly cooldownMs: Millis
  readonly initialCooldownMs: Millis
}

/** A fixed number of replicas. */
export function fixedScale(replicas: number): ScalePolicy {
  return { min: replicas, max: replicas, initial: replicas, triggers: [], pollMs: 30_000, cooldownMs: 300_000, initialCooldownMs: 0 }
}

/** Where a revision stands: not yet up, up, or marked inactive with the activator put in its path. */
export type KpaPhase = 'activating' | 'active' | 'inactive'

export interface KpaScaleToZeroInput {
  readonly nowMs: number
  /** The wish after `kpaBounds`. */
  readonly desiredPods: number
  readonly phase: KpaPhase
  /** When this phase began, milliseconds since the epoch. */
  readonly phaseSinceMs: number
  /** Since when the activator is in the path; absent while it is not. */
  readonly activatorSinceMs?: number
  /** `enable-scale-to-zero`, default true. */
  readonly enabled?: boolean
  /** Default 60 s. */
  readonly stableWindowMs?: number
  /** `scale-to-zero-grace-period`, default 30 s. */
  readonly gracePeriodMs?: number
  /** `scale-to-zero-pod-retention-period`, default 0. */
  readonly podRetentionMs?: number
  /** Progress deadline, default 600 s; activation may take 30 s longer. */
  readonly progressDeadlineMs?: number
}

export interface KpaScaleToZeroResult {
  /** Pods to set now; absent means to leave them as they are. */
  readonly pods?: number
  /** The revision is to be marked inactive: the activator takes its place in the path. */
  readonly markInactive: boolean
  /** When to ask again at the latest. */
  readonly wakeAtMs?: number
  readonly because: string
}

const activationBufferMs = 30_000

/**
 * Whether the last pod may go. An active revision stays at one pod until it has been active for a stable window, is then marked
 * inactive, and goes once the activator has been in the path for the grace period and the retention has passed.
 *
 * Source: knative: pkg/reconciler/autoscaling/kpa/scaler.go, handleScaleToZero.
 */
export function kpaScaleToZero(input: KpaScaleToZeroInput): KpaScaleToZeroResult {
  const { desiredPods, enabled = true } = input
  if (desiredPods !== 0) return { pods: desiredPods, markInactive: false, because: `${desiredPods} wanted` }
  if (!enabled) return { pods: 1, markInactive: false, because: 'enable-scale-to-zero is off' }
  switch (input.phase) {
    case 'activating':
      return whileActivating(input)
    case 'active':
      return whileActive(input)
    case 'inactive':
      return whileInactive(input)
  }
}

function whileActivating({ nowMs, phaseSinceMs, progressDeadlineMs = 600_000 }: KpaScaleToZeroInput): KpaScaleToZeroResult {
  const limit = progressDeadlineMs + activationBufferMs
  if (nowMs - phaseSinceMs > limit) return { pods: 0, markInactive: false, because: `activation took longer than ${limit / 1000} s` }
  return { markInactive: false, wakeAtMs: phaseSinceMs + limit, because: 'the revision is still being activated' }
}

function whileActive({ nowMs, phaseSinceMs, stableWindowMs = 60_000 }: KpaScaleToZeroInput): KpaScaleToZeroResult {
  const window = `stable window of ${stableWindowMs / 1000} s`
  if (nowMs - phaseSinceMs >= stableWindowMs)
    return { markInactive: true, because: `active for a ${window} and nothing wanted: marked inactive, the activator takes over` }
  return { pods: 1, markInactive: false, wakeAtMs: phaseSinceMs + stableWindowMs, because: `active for less than a ${window}` }
}

function whileInactive(input: KpaScaleToZeroInput): KpaScaleToZeroResult {
  const { nowMs, phaseSinceMs, activatorSinceMs, gracePeriodMs = 30_000, podRetentionMs = 0 } = input
  if (activatorSinceMs === undefined) return { markInactive: false, because: 'the activator is not in the path yet' }
  const inactiveMs = nowMs - phaseSinceMs
  if (inactiveMs >= Math.max(gracePeriodMs, podRetentionMs))
    return { pods: 0, markInactive: false, because: `inactive for ${inactiveMs / 1000} s` }
  if (inactiveMs < podRetentionMs)
    return {
      markInactive: false,
      wakeAtMs: phaseSinceMs + podRetentionMs,
      because: `inactive for less than the pod retention of ${podRetentionMs / 1000} s`,
    }
  if (nowMs - activatorSinceMs >= gracePeriodMs)
    return { pods: 0, markInactive: false, because: `the activator has been in the path for ${(nowMs - activatorSinceMs) / 1000} s` }
  return {
    markInactive: false,
    wakeAtMs: activatorSinceMs + gracePeriodMs,
    because: `the activator has been in the path for less than the grace period of ${gracePeriodMs / 1000} s`,
  }
}

import { secondsText } from './figures.ts'
import { kedaDefaults, type ScaledObjectSpec } from './spec.ts'

export interface CoolDownInput {
  readonly spec: Pick<ScaledObjectSpec, 'cooldownPeriodSeconds' | 'initialCooldownPeriodSeconds'>
  readonly createdAtMs: number
  readonly lastActiveAtMs?: number
  readonly nowMs: number
}

export interface CoolDownResult {
  readonly over: boolean
  /** The first millisecond at which it is over. */
  readonly overAtMs: number
  readonly because: string
}

/**
 * Whether an inactive target may go to sleep. Strict: at exactly `cooldownPeriod` after the last active poll it still waits. A target
 * that was never active waits for `initialCooldownPeriod` from its creation instead.
 * Upstream: pkg/scaling/executor/scale_scaledobjects.go (scaleToZeroOrIdle).
 */
export function coolDown({ spec, createdAtMs, lastActiveAtMs, nowMs }: CoolDownInput): CoolDownResult {
  const never = lastActiveAtMs === undefined
  const periodMs =
    1000 *
    (never
      ? (spec.initialCooldownPeriodSeconds ?? kedaDefaults.initialCooldownPeriodSeconds)
      : (spec.cooldownPeriodSeconds ?? kedaDefaults.cooldownPeriodSeconds))
  const sinceMs = lastActiveAtMs ?? createdAtMs
  const over = sinceMs + periodMs < nowMs
  const start = never ? 'it was never active, and was made' : 'the last active poll was'
  const period = never ? 'initialCooldownPeriod' : 'cooldownPeriod'
  const passed = over ? 'longer than' : 'not longer than'
  const because = `${start} ${secondsText(nowMs - sinceMs)} ago, ${passed} ${period} (${secondsText(periodMs)})`
  return { over, overAtMs: Math.floor(sinceMs + periodMs) + 1, because }
}

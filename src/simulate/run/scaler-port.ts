import type { ScaleTrigger } from '../../model/scale-policy.ts'
import type { InitialScaler, PollScaler, SyncScaler } from '../../scaling/scaler/scaler-types.ts'

/** Who decides: the scaler of live environments, or another one in tests. */
export interface Scaler {
  readonly initial: InitialScaler
  readonly poll: PollScaler
  readonly sync: SyncScaler
}

/** What a trigger that is computed from the time says. */
export interface ClockReading {
  readonly value: number
  readonly active: boolean
  /** When it will say something else. */
  readonly untilMs?: number
}

export type ReadClockTrigger = (trigger: ScaleTrigger, nowMs: number) => ClockReading

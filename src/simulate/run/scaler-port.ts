import type { ScaleTrigger } from '../../model/scale-policy.ts'
import { initialScaler, pollScaler, syncScaler } from '../../scaling/scaler/scaler.ts'

/** Who decides. */
export interface Scaler {
  readonly initial: typeof initialScaler
  readonly poll: typeof pollScaler
  readonly sync: typeof syncScaler
}

/** The scaler of live environments. */
export const liveScaler: Scaler = { initial: initialScaler, poll: pollScaler, sync: syncScaler }

/** What a trigger that is computed from the time says. */
export interface ClockReading {
  readonly value: number
  readonly active: boolean
  /** When it will say something else. */
  readonly untilMs?: number
}

export type ReadClockTrigger = (trigger: ScaleTrigger, nowMs: number) => ClockReading

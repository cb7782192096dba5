import { counted, plainNumber } from '../plain-number.ts'
import type { TrailEntry } from '../trail.ts'
import { excessBurstCapacity } from './burst-capacity.ts'
import { type KpaDelayWindow, recordKpaWish } from './delay-window.ts'

/** What the autoscaler remembers of one revision from tick to tick. */
export interface KpaState {
  /** When panic began or was last renewed, milliseconds since the epoch; absent outside of panic. */
  readonly panicSinceMs?: number
  /** The most pods wanted during this panic; 0 outside. */
  readonly maxPanicPods: number
  readonly delayWindow: KpaDelayWindow
}

export interface InitialKpaStateInput {
  readonly readyPods: number
  readonly nowMs: number
}

export interface InitialKpaStateResult {
  readonly state: KpaState
}

/**
 * State of a new decider. With more than one ready pod it starts in panic and holds them until there is a stable window of data,
 * because a restarted autoscaler has lost what it knew. Source: knative: pkg/autoscaler/scaling/autoscaler.go, newAutoscaler.
 */
export function initialKpaState({ readyPods, nowMs }: InitialKpaStateInput): InitialKpaStateResult {
  const panic = readyPods > 1 ? { panicSinceMs: nowMs } : {}
  return { state: { ...panic, maxPanicPods: readyPods, delayWindow: [] } }
}

export interface KpaSpec {
  /** What is aimed at and what may be taken per pod, of `kpaTarget`. */
  readonly targetValue: number
  readonly totalValue: number
  /** Default 1000 and 2: how many times as many or as few pods one decision may want. */
  readonly maxScaleUpRate?: number
  readonly maxScaleDownRate?: number
  /** `panic-threshold-percentage`, default 200. */
  readonly panicThresholdPercentage?: number
  /** Default 60 s. */
  readonly stableWindowMs?: number
  /** Default 0: no delay. */
  readonly scaleDownDelayMs?: number
  readonly targetBurstCapacity?: number
  /** Default 1. */
  readonly activationScale?: number
  /** Whether a route leads to the revision, default true. */
  readonly reachable?: boolean
}

export interface KpaInput {
  readonly nowMs: number
  readonly spec: KpaSpec
  readonly state: KpaState
  readonly readyPods: number
  /** Means over the windows, of `kpaAverages`; absent means no data. */
  readonly stableValue?: number
  readonly panicValue?: number
}

export interface KpaResult {
  /** False when there is no data: then nothing is to be changed. */
  readonly valid: boolean
  readonly desiredPods: number
  readonly excessBurstCapacity: number
  readonly panicking: boolean
  readonly state: KpaState
  readonly trail: readonly TrailEntry[]
}

/**
 * One tick of Knative's autoscaler for one revision. The wish is not yet bound by min-scale and max-scale.
 *
 * Source: knative: pkg/autoscaler/scaling/autoscaler.go, Scale.
 */
export function decideKpa(input: KpaInput): KpaResult {
  const { readyPods, stableValue, panicValue, state, spec } = input
  if (stableValue === undefined || panicValue === undefined) return withoutData(input)
  const wishes = rawWishes(input, stableValue, panicValue)
  const panic = panicState(input, wishes)
  const wanted = panic.panicSinceMs === undefined ? wishes.stable : Math.max(panic.maxPanicPods, wishes.stable, wishes.panic)
  const maxPanicPods = panic.panicSinceMs === undefined ? panic.maxPanicPods : wanted
  const delayed = delay(input, wanted)
  return {
    valid: true,
    desiredPods: delayed.desired,
    ...excessBurstCapacity({ readyPods, totalValue: spec.totalValue, panicValue, ...burstTarget(spec) }),
    panicking: panic.panicSinceMs !== undefined,
    state: { ...panic, maxPanicPods, delayWindow: delayed.window },
    trail: [...wishes.trail, ...panicTrail(state, panic, wishes, wanted, input), ...delayed.trail],
  }
}

function withoutData({ state, readyPods }: KpaInput): KpaResult {
  const because = 'there is no data for a whole stable window, so that nothing is decided'
  return {
    valid: false,
    desiredPods: readyPods,
    excessBurstCapacity: 0,
    panicking: state.panicSinceMs !== undefined,
    state,
    trail: [{ stage: 'metric', from: readyPods, to: readyPods, because }],
  }
}

type Wishes = Readonly<{ stable: number; panic: number; overThreshold: boolean; trail: readonly TrailEntry[] }>

function rawWishes({ readyPods, spec }: KpaInput, stableValue: number, panicValue: number): Wishes {
  const pods = Math.max(1, readyPods)
  const up = Math.ceil((spec.maxScaleUpRate ?? 1000) * pods)
  const down = (spec.reachable ?? true) ? Math.floor(pods / (spec.maxScaleDownRate ?? 2)) : 0
  const rawStable = Math.ceil(stableValue / spec.targetValue)
  const rawPanic = Math.ceil(panicValue / spec.targetValue)
  const bound = (raw: number): number => {
    const limited = Math.min(Math.max(raw, down), up)
    const activation = spec.activationScale ?? 1
    return activation > 1 && raw > 0 ? Math.max(limited, activation) : limited
  }
  const [stable, panic] = [bound(rawStable), bound(rawPanic)]
  const per = `at ${plainNumber(spec.targetValue)} per pod`
  const trail: TrailEntry[] = [
    { stage: 'metric', from: readyPods, to: rawStable, because: `stable window ${plainNumber(stableValue)} ${per}` },
    { stage: 'metric', from: readyPods, to: rawPanic, because: `panic window ${plainNumber(panicValue)} ${per}` },
  ]
  const limits = `one decision may want ${down} to ${up} pods${(spec.activationScale ?? 1) > 1 ? `, and at least activation-scale ${spec.activationScale} when any are wanted` : ''}`
  if (stable !== rawStable) trail.push({ stage: 'rate', from: rawStable, to: stable, because: `stable wish: ${limits}` })
  if (panic !== rawPanic) trail.push({ stage: 'rate', from: rawPanic, to: panic, because: `panic wish: ${limits}` })
  return { stable, panic, overThreshold: rawPanic / pods >= (spec.panicThresholdPercentage ?? 200) / 100, trail }
}

type Panic = Pick<KpaState, 'panicSinceMs' | 'maxPanicPods'>

function panicState({ nowMs, state, spec }: KpaInput, { overThreshold }: Wishes): Panic {
  if (overThreshold) return { panicSinceMs: nowMs, maxPanicPods: state.maxPanicPods }
  if (state.panicSinceMs === undefined) return { maxPanicPods: state.maxPanicPods }
  const over = state.panicSinceMs + (spec.stableWindowMs ?? 60_000) < nowMs
  return over ? { maxPanicPods: 0 } : { panicSinceMs: state.panicSinceMs, maxPanicPods: state.maxPanicPods }
}

function panicTrail(before: KpaState, panic: Panic, wishes: Wishes, wanted: number, { nowMs, readyPods }: KpaInput): readonly TrailEntry[] {
  if (panic.panicSinceMs === undefined) {
    if (before.panicSinceMs === undefined) return []
    return [
      {
        stage: 'stabilisation',
        from: before.maxPanicPods,
        to: wanted,
        because: 'panic is over: a stable window has passed below its threshold',
      },
    ]
  }
  const state = wishes.overThreshold
    ? `the panic window wants ${wishes.panic} with ${readyPods} ready, at or above the panic threshold`
    : `in panic for ${plainNumber((nowMs - panic.panicSinceMs) / 1000)} s since it was last above its threshold`
  const because = `${state}; panic never scales down, it holds ${counted(wanted, 'pod')}`
  return [{ stage: 'stabilisation', from: wishes.stable, to: wanted, because }]
}

type Delayed = Readonly<{ desired: number; window: KpaDelayWindow; trail: readonly TrailEntry[] }>

function delay({ nowMs, spec, state }: KpaInput, wanted: number): Delayed {
  const delayMs = spec.scaleDownDelayMs ?? 0
  if (delayMs <= 0 || !(spec.reachable ?? true)) return { desired: wanted, window: state.delayWindow, trail: [] }
  const { window, largest } = recordKpaWish({ window: state.delayWindow, nowMs, wanted, delayMs })
  if (largest === wanted) return { desired: wanted, window, trail: [] }
  const because = `scale-down-delay ${plainNumber(delayMs / 1000)} s: ${counted(largest, 'pod')} were wanted within it`
  return { desired: largest, window, trail: [{ stage: 'stabilisation', from: wanted, to: largest, because }] }
}

function burstTarget({ targetBurstCapacity }: KpaSpec): { readonly targetBurstCapacity?: number } {
  return targetBurstCapacity === undefined ? {} : { targetBurstCapacity }
}

import type { HpaBehavior } from './behavior.ts'
import { withBehaviorDefaults } from './behavior-defaults.ts'

/** A change of size that took place: how many replicas came or went (never negative), and when. */
export interface ScaleEvent {
  readonly change: number
  readonly atMs: number
  /** Once older than every policy of its direction, an event stays marked: its slot may be used again. */
  readonly outdated?: boolean | undefined
}

/** Changes of both directions, kept apart. */
export interface ScaleEventLog {
  readonly upEvents: readonly ScaleEvent[]
  readonly downEvents: readonly ScaleEvent[]
}

export interface RecordScaleEventInput extends ScaleEventLog {
  readonly fromReplicas: number
  readonly toReplicas: number
  /** Without one nothing is recorded, because nothing would read it. */
  readonly behavior?: HpaBehavior | undefined
  readonly nowMs: number
}

/**
 * Adds a change that was made to the events of its direction. Those older than the longest period of that direction's policies
 * are marked; the last marked one gives its slot, so that a log never outgrows its period.
 *
 * kubernetes: pkg/controller/podautoscaler/horizontal.go (storeScaleEvent, markScaleEventsOutdated)
 */
export function recordScaleEvent(input: RecordScaleEventInput): ScaleEventLog {
  const { fromReplicas, toReplicas, upEvents, downEvents, nowMs } = input
  if (input.behavior === undefined) return { upEvents, downEvents }
  const { scaleUp, scaleDown } = withBehaviorDefaults({ behavior: input.behavior })
  const up = toReplicas > fromReplicas
  const longest = (up ? scaleUp : scaleDown).policies.reduce((most, policy) => Math.max(most, policy.periodSeconds), 0)
  const cutoff = nowMs - longest * 1000
  const event = { change: Math.abs(toReplicas - fromReplicas), atMs: nowMs }
  return up ? { upEvents: stored(upEvents, event, cutoff), downEvents } : { upEvents, downEvents: stored(downEvents, event, cutoff) }
}

function stored(events: readonly ScaleEvent[], event: ScaleEvent, cutoff: number): readonly ScaleEvent[] {
  let slot = events.length
  const next = events.map((old, index) => {
    if (old.outdated !== true && old.atMs >= cutoff) return old
    slot = index
    return old.outdated === true ? old : { ...old, outdated: true }
  })
  next[slot] = event
  return next
}

export interface SumScaleEventsInput {
  readonly events: readonly ScaleEvent[]
  readonly periodSeconds: number
  readonly nowMs: number
}

export interface SumScaleEventsResult {
  readonly change: number
}

/**
 * How many replicas the events of a period changed. Only events strictly newer than its beginning belong to it.
 *
 * kubernetes: pkg/controller/podautoscaler/horizontal.go (getReplicasChangePerPeriod)
 */
export function sumScaleEvents(input: SumScaleEventsInput): SumScaleEventsResult {
  const cutoff = input.nowMs - input.periodSeconds * 1000
  let change = 0
  for (const event of input.events) if (event.atMs > cutoff) change += event.change
  return { change }
}

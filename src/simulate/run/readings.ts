import type { TriggerReading } from '../../model/meter.ts'
import type { ScaleTrigger } from '../../model/scale-policy.ts'
import type { ArrivalSet } from '../load/arrivals.ts'
import type { RateCurve } from '../load/rate-curve.ts'
import type { QueueTraffic } from './queue-traffic.ts'
import type { ReadClockTrigger } from './scaler-port.ts'
import type { RequestTraffic } from './traffic.ts'

export interface ReadingSources {
  readonly startMs: number
  readonly requests: RequestTraffic
  /** All requests of the component. */
  readonly arrivals: ArrivalSet
  /** How long one takes, on average. */
  readonly serviceMicros: number
  readonly queues: ReadonlyMap<string, QueueTraffic>
  /** Values by trigger name. */
  readonly values: ReadonlyMap<string, readonly RateCurve[]>
  readonly readClock: ReadClockTrigger
}

/** What one trigger says at a time. */
interface Reader {
  readonly trigger: ScaleTrigger
  value(time: number): number
  /** Said by the trigger itself, in place of a comparison of its value. */
  active?(): boolean
  /** When it was last active, also between two readings; undefined where it never was. */
  seenActive?(time: number): number | undefined
}

/** The triggers of one component that are asked, and what they said last. Times are whole microseconds since the start. */
export class Readings {
  /** In the order of the triggers that are asked. */
  readonly triggers: readonly ScaleTrigger[]
  readonly values: Float64Array
  readonly #readers: readonly Reader[]
  readonly #startMs: number

  constructor(triggers: readonly ScaleTrigger[], sources: ReadingSources) {
    this.#startMs = sources.startMs
    this.#readers = triggers.filter(({ from }) => from.by !== 'engine').map((trigger) => readerOf(trigger, sources))
    this.triggers = this.#readers.map(({ trigger }) => trigger)
    this.values = new Float64Array(this.#readers.length)
  }

  /** Asks each. Values have three decimals, as those of the metrics API of Kubernetes. */
  measure(time: number): void {
    for (let index = 0; index < this.#readers.length; index++)
      this.values[index] = Math.round((this.#readers[index] as Reader).value(time) * 1000) / 1000
  }

  /** Whether each is active now, as 1 and 0. */
  activities(into: Float64Array): void {
    for (let index = 0; index < this.#readers.length; index++) into[index] = this.#isActive(index) ? 1 : 0
  }

  /** As the scaler takes them at a time: values, and the activities of those that say so themselves. */
  list(values: Float64Array, activities: Float64Array, time: number): readonly TriggerReading[] {
    return this.#readers.map(({ trigger, active, seenActive }, index) => {
      const seen = seenActive?.(time)
      return {
        trigger: trigger.name,
        value: values[index] as number,
        ...(active === undefined ? {} : { active: activities[index] === 1 }),
        ...(seen === undefined ? {} : { seenActiveAtMs: this.#startMs + seen / 1000 }),
      }
    })
  }

  #isActive(index: number): boolean {
    const reader = this.#readers[index] as Reader
    return reader.active?.() ?? (this.values[index] as number) > reader.trigger.activation
  }
}

function readerOf(trigger: ScaleTrigger, sources: ReadingSources): Reader {
  const { requests, arrivals, startMs } = sources
  const { from } = trigger
  if (from.by === 'edge') {
    const windowMicros = from.windowMs * 1000
    // Any request counts where any would activate; above another threshold only readings tell.
    const seen = trigger.activation === 0 ? { seenActive: lastWork(arrivals, sources.serviceMicros) } : {}
    if (from.metric === 'requestRate')
      return { trigger, value: bucketRate(arrivals, windowMicros, (from.granularityMs ?? 1000) * 1000), ...seen }
    return { trigger, value: from.average ? averageOf(requests, windowMicros) : () => requests.inFlight(), ...seen }
  }
  if (from.by === 'clock') return clockReader(trigger, sources)
  const queue = sources.queues.get(trigger.name) ?? sources.queues.get(trigger.type)
  if (queue !== undefined) return { trigger, value: () => queue.length() }
  const curves = sources.values.get(trigger.name) ?? sources.values.get(trigger.type)
  // Several shapes add up, as those of a load do.
  if (curves !== undefined) return { trigger, value: (time) => curves.reduce((sum, curve) => sum + curve.valueAt(time), 0) }
  return { trigger, value: () => 0 }

  function clockReader(clocked: ScaleTrigger, { readClock }: ReadingSources): Reader {
    let last = readClock(clocked, startMs)
    return {
      trigger: clocked,
      value: (time) => {
        const nowMs = startMs + time / 1000
        if (last.untilMs === undefined || nowMs >= last.untilMs) last = readClock(clocked, nowMs)
        return last.value
      },
      active: () => last.active,
    }
  }
}

/** When the last request was there, as long as one takes. */
function lastWork(arrivals: ArrivalSet, serviceMicros: number): (time: number) => number | undefined {
  return (time) => {
    const last = arrivals.lastUntil(time)
    return last === undefined ? undefined : Math.min(time, last + serviceMicros)
  }
}

/** Requests a bucket over the buckets since the first request, at most all of the window; silence of a whole window starts again. Source: http-add-on, pkg/queue. */
function bucketRate(arrivals: ArrivalSet, window: number, granularity: number): (time: number) => number {
  const buckets = Math.max(1, Math.ceil(window / granularity))
  let first: number | undefined
  return (time) => {
    const bucket = Math.floor(time / granularity)
    // The bucket of now is one of the window, however short it has been.
    const from = (bucket - buckets + 1) * granularity - 1
    const count = arrivals.countUntil(time) - arrivals.countUntil(from)
    if (count === 0) {
      first = undefined
      return 0
    }
    first ??= Math.floor(arrivals.firstAfter(from) / granularity)
    return count / Math.min(buckets, bucket - first + 1)
  }
}

/** Requests in flight over the window, on average; over the time since the start while that is shorter. */
function averageOf(requests: RequestTraffic, window: number): (time: number) => number {
  const times: number[] = [0]
  const areas: number[] = [0]
  return (time) => {
    const area = requests.area()
    if (time > (times.at(-1) as number)) {
      times.push(time)
      areas.push(area)
    }
    const from = Math.max(0, time - window)
    while (times.length > 2 && (times[1] as number) <= from) {
      times.shift()
      areas.shift()
    }
    if (time <= from || time === 0) return requests.inFlight()
    const [left, right] = [times[0] as number, times[1] as number]
    const share = right > left ? Math.min(1, Math.max(0, (from - left) / (right - left))) : 0
    const before = (areas[0] as number) + share * ((areas[1] as number) - (areas[0] as number))
    return (area - before) / (time - from)
  }
}

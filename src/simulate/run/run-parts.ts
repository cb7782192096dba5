import { type Component, DEFAULT_GRACE_MS } from '../../model/component.ts'
import type { ScalePolicy } from '../../model/scale-policy.ts'
import { ArrivalMaker } from '../load/arrival-maker.ts'
import type { ArrivalSet } from '../load/arrivals.ts'
import type { ComponentLoad, QueueLoad, Spread } from '../load/load-types.ts'
import { flows } from './flow-kind.ts'
import type { QueueTraffic } from './queue-traffic.ts'
import { Readings } from './readings.ts'
import type { ReplicaTimes } from './replicas.ts'
import type { ReadClockTrigger } from './scaler-port.ts'
import { describeSpread, SpreadSampler } from './spread.ts'
import type { RequestTraffic } from './traffic.ts'

const MICROS = 1_000_000
const DEFAULT_SERVICE: Spread = { kind: 'constant', seconds: 0.1 }
const DEFAULT_START: Spread = { kind: 'constant', seconds: 2 }
const DEFAULT_HOLD_MS = 60_000
const DEFAULT_MAX_HELD = 10_000

export interface PartOptions {
  readonly seed: number
  readonly startMs: number
  readonly endMicros: number
  readonly mode: 'events' | 'flow'
  /** For components whose load does not say. */
  readonly startDelay?: Spread
  readonly readClock: ReadClockTrigger
}

/** What a run of one component is made of. */
export interface RunParts {
  readonly arrivals: ArrivalSet
  readonly requests: RequestTraffic
  /** By trigger name or type, as the load file says. */
  readonly queues: ReadonlyMap<string, QueueTraffic>
  /** Messages of all queues until a time. */
  readonly queueArrivals: (time: number) => number
  readonly readings: Readings
  readonly times: ReplicaTimes
  readonly service: SpreadSampler
  readonly model: readonly string[]
}

export interface BuildOptions extends PartOptions {
  readonly replicas: () => { readonly wanted: number; readonly starting: number }
}

/** Puts the parts of a run together, with a stream of random numbers for each. */
export function buildParts(component: Component, policy: ScalePolicy, load: ComponentLoad, options: BuildOptions): RunParts {
  const { seed, startMs, endMicros, mode, replicas } = options
  const maker = new ArrivalMaker({ seed, startMs, endMicros, component: component.name })
  const service = new SpreadSampler(load.serviceTime ?? DEFAULT_SERVICE, maker.random('service'))
  const start = load.startDelay ?? options.startDelay ?? DEFAULT_START
  const hold = load.holdSeconds === undefined ? holdOf(component) : load.holdSeconds * 1000
  const wakes = policy.triggers.some(({ from }) => from.by === 'edge')
  const arrivals = maker.arrivals(load.load, 'requests')
  const { Requests, Queue } = flows[mode]
  const requests = new Requests({
    ...{ arrivals, service, wakes, replicas },
    concurrency: load.concurrency ?? Number.POSITIVE_INFINITY,
    balance: load.balance ?? 'round-robin',
    holdMicros: hold * 1000,
    maxHeld: load.maxHeld ?? DEFAULT_MAX_HELD,
    averages: policy.triggers.some(({ from }) => from.by === 'edge' && from.average && from.metric !== 'requestRate'),
  })
  const messages: ArrivalSet[] = []
  const queueOf = (queue: QueueLoad): QueueTraffic => {
    const coming = maker.arrivals(queue.load, `queue/${queue.trigger}`)
    messages.push(coming)
    const { parallel, consume, counts } = queue
    return new Queue({ arrivals: coming, parallel, counts, takes: Math.max(1, Math.round((parallel / consume) * MICROS)) })
  }
  const queues = new Map(load.queues.map((queue) => [queue.trigger, queueOf(queue)]))
  const values = new Map([...load.readings].map(([name, shapes]) => [name, maker.values(shapes)]))
  const readings = new Readings(policy.triggers, {
    startMs,
    serviceMicros: service.mean,
    requests,
    arrivals,
    queues,
    values,
    readClock: options.readClock,
  })
  return {
    ...{ arrivals, requests, queues, readings, service },
    queueArrivals: (time) => messages.reduce((sum, set) => sum + set.countUntil(time), 0),
    times: {
      start: new SpreadSampler(start, maker.random('start')),
      stopMicros: Math.round((load.stopSeconds ?? 0) * MICROS),
      graceMicros: (component.pod.graceMs ?? DEFAULT_GRACE_MS) * 1000,
    },
    model: [
      `service time ${describeSpread(load.serviceTime ?? DEFAULT_SERVICE)}${load.serviceTime === undefined ? ' (default)' : ''}`,
      load.concurrency === undefined
        ? 'a replica works on all its requests at once (default)'
        : `a replica works on ${load.concurrency} requests at once, the others wait there in order`,
      `replicas ${load.balance === 'least-in-flight' ? 'with the least in flight go first' : 'take turns'}`,
      `a replica is ready after ${describeSpread(start)}${(load.startDelay ?? options.startDelay) ? '' : ' (default)'}`,
      wakes
        ? `requests wait for a replica for up to ${hold / 1000}s, ${load.maxHeld ?? DEFAULT_MAX_HELD} at most`
        : 'requests wake nothing',
      ...(mode === 'flow' ? ['requests and messages as a stream, looked at only where the scaler looks'] : []),
    ],
  }
}

/** The longest of the component's routes. */
function holdOf(component: Component): number {
  const times = component.routes.map(({ holdMs }) => holdMs)
  return times.length === 0 ? DEFAULT_HOLD_MS : Math.max(...times)
}

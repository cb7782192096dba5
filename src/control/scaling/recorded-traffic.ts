import type { Millis } from '../../kernel/instant.ts'
import type { BackendCounters, BackendId } from '../../model/edge.ts'
import type { ComponentKey } from '../../model/names.ts'

/** What came in one interval. */
export interface IntervalTraffic {
  readonly arrivals: number
  readonly inFlightMax: number
  readonly serviceMs: number
  readonly ended: number
}

interface Traffic {
  /** Arrivals until the last two counters, since the start. */
  readonly points: { before: Point; now: Point }
  /** Arrivals that were told. */
  told: number
  /** In flight and held at the last counters, and the most since the last interval ended. */
  last: number
  most: number
  serviceMs: number
  ended: number
}

interface Point {
  readonly t: Millis
  readonly arrivals: number
}

/** The edge's counters of some components, cut into intervals. Between two counters, arrivals are taken to come evenly. */
export class RecordedTraffic {
  readonly #components: ReadonlyMap<ComponentKey, Traffic>
  readonly #requests = new Map<BackendId, number>()

  constructor(components: readonly ComponentKey[], counters: readonly BackendCounters[]) {
    const start = { t: 0, arrivals: 0 }
    this.#components = new Map(
      components.map((key) => [key, { points: { before: start, now: start }, told: 0, last: 0, most: 0, serviceMs: 0, ended: 0 }]),
    )
    for (const { backend, requests } of counters) this.#requests.set(backend, requests)
  }

  counted(backends: readonly BackendCounters[], t: Millis): void {
    const sums = new Map<ComponentKey, { arrived: number; inFlight: number }>()
    for (const { backend, requests, inFlight, held } of backends) {
      const key = backend.slice(0, backend.lastIndexOf(':')) as ComponentKey
      const sum = sums.get(key) ?? { arrived: 0, inFlight: 0 }
      sum.arrived += this.#arrived(backend, requests)
      sum.inFlight += inFlight + held
      sums.set(key, sum)
    }
    for (const [key, traffic] of this.#components) {
      const { arrived, inFlight } = sums.get(key) ?? { arrived: 0, inFlight: 0 }
      const { points } = traffic
      points.before = points.now
      points.now = { t, arrivals: points.now.arrivals + arrived }
      traffic.last = inFlight
      traffic.most = Math.max(traffic.most, inFlight)
    }
  }

  demanded(key: ComponentKey, held: number): void {
    const traffic = this.#components.get(key)
    if (traffic !== undefined) traffic.most = Math.max(traffic.most, held)
  }

  ended(key: ComponentKey, serviceMs: Millis): void {
    const traffic = this.#components.get(key)
    if (traffic === undefined) return
    traffic.ended++
    traffic.serviceMs += serviceMs
  }

  restarted(): void {
    this.#requests.clear()
  }

  /** What came until the end of an interval and was not taken yet. */
  take(key: ComponentKey, until: Millis): IntervalTraffic {
    const traffic = this.#components.get(key)
    if (traffic === undefined) return { arrivals: 0, inFlightMax: 0, serviceMs: 0, ended: 0 }
    const { points, most, serviceMs, ended } = traffic
    const arrivals = Math.round(arrivalsAt(points, until)) - traffic.told
    traffic.told += arrivals
    traffic.most = traffic.last
    traffic.serviceMs = 0
    traffic.ended = 0
    return { arrivals, inFlightMax: most, serviceMs: Math.round(serviceMs), ended }
  }

  #arrived(backend: BackendId, requests: number): number {
    const before = this.#requests.get(backend) ?? 0
    this.#requests.set(backend, requests)
    return requests < before ? requests : requests - before
  }
}

function arrivalsAt({ before, now }: Traffic['points'], t: Millis): number {
  if (t >= now.t) return now.arrivals
  if (t <= before.t) return before.arrivals
  return before.arrivals + ((now.arrivals - before.arrivals) * (t - before.t)) / (now.t - before.t)
}

import type { Instant, Millis } from '../../kernel/instant.ts'
import type { BackendCounters, BackendId } from '../../model/edge.ts'
import type { ComponentKey } from '../../model/names.ts'
import type { TriggerSource } from '../../model/scale-policy.ts'
import { emptyRequestBuckets, type RequestBuckets, recordRequests, requestRate } from '../../scaling/http/request-buckets.ts'

type EdgeSource = Extract<TriggerSource, { by: 'edge' }>

/** Samples that are older are in no window. */
const KEPT_MS: Millis = 600_000

interface Sample {
  readonly at: Instant
  readonly concurrency: number
  readonly connections: number
}

interface Traffic {
  samples: Sample[]
  /** Requests by window, so that each trigger has the buckets that it asks for. */
  readonly buckets: Map<Millis, RequestBuckets>
}

/** What the edge counted for each component, as windows that triggers are read from. */
export class EdgeTraffic {
  readonly #components = new Map<ComponentKey, Traffic>()
  readonly #requests = new Map<BackendId, number>()

  /** Takes the counters of all backends of one moment; tells for which components anything is or was going on. */
  counted(backends: readonly BackendCounters[], at: Instant): ReadonlySet<ComponentKey> {
    const sums = new Map<ComponentKey, { concurrency: number; connections: number; arrived: number }>()
    for (const { backend, inFlight, held, open = 0, requests } of backends) {
      const key = componentOf(backend)
      const sum = sums.get(key) ?? { concurrency: 0, connections: 0, arrived: 0 }
      sum.concurrency += inFlight + held
      sum.connections += open + held
      sum.arrived += this.#arrived(backend, requests)
      sums.set(key, sum)
    }
    const busy = new Set<ComponentKey>()
    for (const [key, { concurrency, connections, arrived }] of sums) {
      const traffic = this.#of(key)
      traffic.samples.push({ at, concurrency, connections })
      while ((traffic.samples[0]?.at ?? at) < at - KEPT_MS) traffic.samples.shift()
      if (arrived > 0) {
        for (const [windowMs, buckets] of traffic.buckets) {
          traffic.buckets.set(windowMs, recordRequests({ buckets, atMs: at, count: arrived }).buckets)
        }
      }
      if (concurrency + connections + arrived > 0) busy.add(key)
    }
    return busy
  }

  /** Requests wait for a component: told before the next counters. */
  demanded(key: ComponentKey, held: number, at: Instant): void {
    const { samples } = this.#of(key)
    const last = samples.at(-1)
    samples.push({ at, concurrency: Math.max(held, 1), connections: Math.max(held, 1, last?.connections ?? 0) })
  }

  /** The value of a trigger: an amount at this moment, its mean over the window, or a rate per second. */
  read(key: ComponentKey, source: EdgeSource, now: Instant): number {
    const traffic = this.#of(key)
    if (source.metric === 'requestRate') {
      const buckets = traffic.buckets.get(source.windowMs)
      if (buckets !== undefined) return requestRate({ buckets, nowMs: now }).rate
      traffic.buckets.set(source.windowMs, emptyRequestBuckets({ windowMs: source.windowMs }))
      return 0
    }
    const { metric } = source
    if (!source.average) return traffic.samples.at(-1)?.[metric] ?? 0
    const inside = traffic.samples.filter(({ at }) => at > now - source.windowMs)
    return inside.length === 0 ? 0 : inside.reduce((sum, sample) => sum + sample[metric], 0) / inside.length
  }

  /** Another run of the edge counts from the beginning. */
  restarted(): void {
    this.#requests.clear()
  }

  forget(key: ComponentKey): void {
    this.#components.delete(key)
  }

  #of(key: ComponentKey): Traffic {
    const known = this.#components.get(key)
    if (known !== undefined) return known
    const traffic: Traffic = { samples: [], buckets: new Map() }
    this.#components.set(key, traffic)
    return traffic
  }

  #arrived(backend: BackendId, requests: number): number {
    const before = this.#requests.get(backend)
    this.#requests.set(backend, requests)
    if (before === undefined) return requests
    return requests < before ? requests : requests - before
  }
}

function componentOf(backend: BackendId): ComponentKey {
  return backend.slice(0, backend.lastIndexOf(':')) as ComponentKey
}

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
  /** Requests since the sample before. */
  readonly arrived: number
}

interface Traffic {
  samples: Sample[]
  /** Requests by window and length of a bucket, so that each trigger has the buckets that it asks for. */
  readonly buckets: Map<string, RequestBuckets>
}

/** What the edge counted for each component, as windows that triggers are read from. */
export class EdgeTraffic {
  readonly #components = new Map<ComponentKey, Traffic>()
  readonly #requests = new Map<BackendId, number>()

  /** Takes the counters of all backends of one moment. */
  counted(backends: readonly BackendCounters[], at: Instant): void {
    const sums = new Map<ComponentKey, { concurrency: number; connections: number; arrived: number }>()
    for (const { backend, inFlight, held, open = 0, requests } of backends) {
      const key = componentOf(backend)
      const sum = sums.get(key) ?? { concurrency: 0, connections: 0, arrived: 0 }
      sum.concurrency += inFlight + held
      sum.connections += open + held
      sum.arrived += this.#arrived(backend, requests)
      sums.set(key, sum)
    }
    for (const [key, { concurrency, connections, arrived }] of sums) {
      const traffic = this.#of(key)
      traffic.samples.push({ at, concurrency, connections, arrived })
      while ((traffic.samples[0]?.at ?? at) < at - KEPT_MS) traffic.samples.shift()
      if (arrived > 0) {
        for (const [name, buckets] of traffic.buckets) {
          traffic.buckets.set(name, recordRequests({ buckets, atMs: at, count: arrived }).buckets)
        }
      }
    }
  }

  /** Requests wait for a component: told before the next counters. */
  demanded(key: ComponentKey, held: number, at: Instant): void {
    const { samples } = this.#of(key)
    const last = samples.at(-1)
    samples.push({ at, concurrency: Math.max(held, 1), connections: Math.max(held, 1, last?.connections ?? 0), arrived: 0 })
  }

  /** The value of a trigger: an amount at this moment, its mean over the window, or the requests of a bucket on average. */
  read(key: ComponentKey, source: EdgeSource, now: Instant): number {
    const traffic = this.#of(key)
    if (source.metric === 'requestRate') {
      const { windowMs, granularityMs = 1000 } = source
      const name = `${windowMs}/${granularityMs}`
      const buckets = traffic.buckets.get(name)
      if (buckets !== undefined) return requestRate({ buckets, nowMs: now }).rate
      traffic.buckets.set(name, emptyRequestBuckets({ windowMs, granularityMs }))
      return 0
    }
    const { metric } = source
    if (!source.average) return traffic.samples.at(-1)?.[metric] ?? 0
    const inside = traffic.samples.filter(({ at }) => at > now - source.windowMs)
    return inside.length === 0 ? 0 : inside.reduce((sum, sample) => sum + sample[metric], 0) / inside.length
  }

  /** When it was last above the activation threshold, also between two readings; undefined where that is longer ago than anything that is kept. */
  lastActive(key: ComponentKey, { metric }: EdgeSource, activation: number): Instant | undefined {
    const amount = metric === 'connections' ? 'connections' : 'concurrency'
    const { samples } = this.#of(key)
    for (let index = samples.length - 1; index >= 0; index--) {
      const sample = samples[index]
      if (sample === undefined) continue
      // A rate has no value of a moment: any request counts where any would activate.
      if ((metric !== 'requestRate' && sample[amount] > activation) || (activation === 0 && sample.arrived > 0)) return sample.at
    }
    return undefined
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

  /** Nothing at the first sight: how much of it is old is not known. */
  #arrived(backend: BackendId, requests: number): number {
    const before = this.#requests.get(backend)
    this.#requests.set(backend, requests)
    if (before === undefined) return 0
    return requests < before ? requests : requests - before
  }
}

function componentOf(backend: BackendId): ComponentKey {
  return backend.slice(0, backend.lastIndexOf(':')) as ComponentKey
}

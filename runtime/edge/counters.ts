import type { Millis } from '../../src/kernel/instant.ts'
import { type BackendCounters, type BackendId, LATENCY_BUCKETS_MS } from '../../src/model/edge.ts'

/** What one backend counts since the edge started. */
export class Counters {
  requests = 0
  connections = 0
  bytesIn = 0
  bytesOut = 0
  faults = 0
  readonly #statusClasses: [number, number, number, number, number] = [0, 0, 0, 0, 0]
  readonly #latency: number[] = new Array<number>(LATENCY_BUCKETS_MS.length + 1).fill(0)

  answered(status: number, tookMs: Millis): void {
    const index = (status >= 100 && status < 600 ? Math.floor(status / 100) : 5) - 1
    this.#statusClasses[index] = (this.#statusClasses[index] ?? 0) + 1
    let bucket = 0
    while (bucket < LATENCY_BUCKETS_MS.length && tookMs > (LATENCY_BUCKETS_MS[bucket] ?? 0)) bucket++
    this.#latency[bucket] = (this.#latency[bucket] ?? 0) + 1
  }

  snapshot(backend: BackendId, gauges: { readonly inFlight: number; readonly held: number }): BackendCounters {
    const { requests, connections, bytesIn, bytesOut, faults } = this
    const [first, second, third, fourth, fifth] = this.#statusClasses
    return {
      backend,
      ...gauges,
      connections,
      requests,
      statusClasses: [first, second, third, fourth, fifth],
      bytesIn,
      bytesOut,
      latency: [...this.#latency],
      ...(faults === 0 ? {} : { faults }),
    }
  }
}

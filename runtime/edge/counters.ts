import type { Millis } from '../../src/kernel/instant.ts'
import { LATENCY_BUCKETS_MS, type TrafficCounters } from '../../src/model/edge.ts'

/** What a backend, or one replica of it, counts since the edge started. */
export class Counters {
  requests = 0
  connections = 0
  /** Of the connections, those that have not ended. */
  open = 0
  bytesIn = 0
  bytesOut = 0
  faults = 0
  readonly #statusClasses: [number, number, number, number, number] = [0, 0, 0, 0, 0]
  #latencySumMs: Millis = 0
  readonly #latency: number[] = new Array<number>(LATENCY_BUCKETS_MS.length + 1).fill(0)

  answered(status: number, tookMs: Millis): void {
    const index = (status >= 100 && status < 600 ? Math.floor(status / 100) : 5) - 1
    this.#statusClasses[index] = (this.#statusClasses[index] ?? 0) + 1
    this.#latencySumMs += tookMs
    let bucket = 0
    while (bucket < LATENCY_BUCKETS_MS.length && tookMs > (LATENCY_BUCKETS_MS[bucket] ?? 0)) bucket++
    this.#latency[bucket] = (this.#latency[bucket] ?? 0) + 1
  }

  /** A connection was joined to a replica. */
  joined(): void {
    this.connections++
    this.open++
  }

  snapshot(): TrafficCounters {
    const { requests, connections, bytesIn, bytesOut, faults } = this
    const [first, second, third, fourth, fifth] = this.#statusClasses
    return {
      connections,
      requests,
      statusClasses: [first, second, third, fourth, fifth],
      bytesIn,
      bytesOut,
      latency: [...this.#latency],
      latencySumMs: Math.round(this.#latencySumMs * 1000) / 1000,
      ...(faults === 0 ? {} : { faults }),
    }
  }
}

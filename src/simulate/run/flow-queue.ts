import { LatencyHistogram } from './latency-histogram.ts'
import type { QueueCounts, QueueModel, QueueTraffic } from './queue-traffic.ts'

/** Messages as a stream: what waits flows off at the rate of all replicas together, and is looked at as a whole number. */
export class FlowQueue implements QueueTraffic {
  readonly #model: QueueModel
  readonly #latencies = new LatencyHistogram()
  #open = 0
  #now = 0
  #seen = 0
  /** Messages that wait, beyond those that replicas work on. */
  #backlog = 0
  /** Messages that replicas have begun. */
  #begun = 0

  constructor(model: QueueModel) {
    this.#model = model
  }

  runUntil(time: number): void {
    const { arrivals, parallel, takes } = this.#model
    const count = arrivals.countUntil(time)
    const came = count - this.#seen
    this.#seen = count
    const rate = (this.#open * parallel) / takes
    const before = this.#backlog
    const after = Math.max(0, before + came - rate * (time - this.#now))
    const begun = before + came - after
    if (begun > 0) this.#latencies.add(Math.round(takes + (before + after) / 2 / rate), begun)
    this.#backlog = after
    this.#begun += begun
    this.#now = time
  }

  length(): number {
    const waiting = Math.round(this.#backlog)
    return this.#model.counts === 'all' ? waiting + this.#working() : waiting
  }

  opened(_slot: number, _time: number): void {
    this.#open++
    // The places of the new replica are filled at once.
    const taken = Math.min(this.#backlog, this.#model.parallel)
    this.#backlog -= taken
    this.#begun += taken
  }

  closing(_slot: number, time: number): number {
    this.#open--
    return this.#seen > 0 && this.#working() > 0 ? time + this.#model.takes : time
  }

  cut(): void {}

  counts(): QueueCounts {
    const working = this.#working()
    const waiting = Math.round(this.#backlog)
    return { arrivals: this.#seen, finished: this.#seen - working - waiting, working, waiting }
  }

  drainLatencies(into: LatencyHistogram): void {
    into.merge(this.#latencies)
    this.#latencies.clear()
  }

  #working(): number {
    const { arrivals, parallel, takes } = this.#model
    const places = this.#open * parallel
    if (this.#backlog > 0) return Math.min(places, this.#seen)
    return Math.min(places, this.#seen - arrivals.countUntil(this.#now - takes))
  }
}

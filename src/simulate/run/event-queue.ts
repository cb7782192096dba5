import { LatencyHistogram } from './latency-histogram.ts'
import { NumberQueue } from './number-queue.ts'
import type { QueueCounts, QueueModel, QueueTraffic } from './queue-traffic.ts'
import { TimeHeap } from './time-heap.ts'

/** Messages, each by itself: the oldest is taken as soon as a replica has a free place. */
export class EventQueue implements QueueTraffic {
  readonly #model: QueueModel
  readonly #waiting = new NumberQueue()
  /** Ends of messages with the replica and the time of arrival. */
  readonly #working = new TimeHeap()
  readonly #latencies = new LatencyHistogram()
  #open: number[] = []
  /** Free places of all replicas that take messages. */
  #free = 0
  readonly #busy: number[] = []
  readonly #lastDone: number[] = []
  readonly #gone = new Set<number>()
  #ghosts = 0
  #nextArrival: number
  #arrived = 0
  #finished = 0

  constructor(model: QueueModel) {
    this.#model = model
    this.#nextArrival = model.arrivals.next()
  }

  runUntil(limit: number): void {
    const working = this.#working
    for (;;) {
      const done = working.time
      if (done <= limit && done <= this.#nextArrival) this.#finish(done)
      else if (this.#nextArrival <= limit) {
        const arrival = this.#nextArrival
        this.#nextArrival = this.#model.arrivals.next()
        this.#arrived++
        this.#waiting.push(arrival)
        this.#take(arrival)
      } else return
    }
  }

  length(): number {
    return this.#waiting.size + (this.#model.counts === 'all' ? this.#working.size - this.#ghosts : 0)
  }

  opened(slot: number, time: number): void {
    this.#open.push(slot)
    this.#busy[slot] = 0
    this.#lastDone[slot] = time
    this.#free += this.#model.parallel
    this.#take(time)
  }

  closing(slot: number): number {
    this.#open = this.#open.filter((other) => other !== slot)
    this.#free -= this.#model.parallel - (this.#busy[slot] as number)
    return this.#lastDone[slot] as number
  }

  cut(slot: number, time: number): void {
    const lost = this.#busy[slot] as number
    this.#gone.add(slot)
    this.#ghosts += lost
    for (let index = 0; index < lost; index++) this.#waiting.push(time)
    this.#take(time)
  }

  counts(): QueueCounts {
    const working = this.#working.size - this.#ghosts
    return { arrivals: this.#arrived, finished: this.#finished, working, waiting: this.#waiting.size }
  }

  drainLatencies(into: LatencyHistogram): void {
    into.merge(this.#latencies)
    this.#latencies.clear()
  }

  #finish(time: number): void {
    const slot = this.#working.left
    const ghost = this.#gone.size > 0 && this.#gone.has(slot)
    if (ghost) this.#ghosts--
    else {
      this.#finished++
      this.#latencies.add(time - this.#working.right)
    }
    this.#busy[slot] = (this.#busy[slot] as number) - 1
    this.#working.pop()
    if (ghost || !this.#open.includes(slot)) return
    this.#free++
    this.#take(time)
  }

  #take(time: number): void {
    const { parallel, takes } = this.#model
    while (this.#free > 0 && this.#waiting.size > 0) {
      const slot = this.#open.find((open) => (this.#busy[open] as number) < parallel)
      if (slot === undefined) return
      this.#free--
      this.#busy[slot] = (this.#busy[slot] as number) + 1
      this.#lastDone[slot] = time + takes
      this.#working.push(time + takes, slot, this.#waiting.shift())
    }
  }
}

import { LatencyHistogram } from './latency-histogram.ts'
import { NumberQueue } from './number-queue.ts'
import { Servers } from './servers.ts'
import { TimeHeap } from './time-heap.ts'
import type { RequestCounts, RequestModel, RequestTraffic } from './traffic.ts'

/**
 * Requests, each by itself. A replica is chosen as the edge does; what it cannot work on at once waits there, first come first served. While none is ready,
 * requests wait before all of them, as long as something brings one up.
 */
export class EventRequests implements RequestTraffic {
  readonly firstAnswers = new LatencyHistogram()
  readonly #model: RequestModel
  readonly #held = new NumberQueue()
  /** Ends of requests with the replica and the time of arrival. */
  readonly #running = new TimeHeap()
  readonly #latencies = new LatencyHistogram()
  #open: number[] = []
  #turn = 0
  readonly #servers: (Servers | undefined)[] = []
  readonly #lastDone: number[] = []
  readonly #load: number[] = []
  readonly #gone = new Set<number>()
  #nextArrival: number
  #now = 0
  #area = 0
  #asked = false
  #fromZero = false
  #heldPeak = 0
  #arrived = 0
  #answered = 0
  #refused = 0
  #expired = 0
  #cut = 0
  #forwarded = 0
  /** Cut requests that still stand in `running`. */
  #ghosts = 0

  constructor(model: RequestModel) {
    this.#model = model
    this.#nextArrival = model.arrivals.next()
  }

  get held(): number {
    return this.#held.size
  }

  inFlight(): number {
    return this.#running.size - this.#ghosts + this.#held.size
  }

  area(): number {
    return this.#area
  }

  runUntil(limit: number): number {
    const running = this.#running
    for (;;) {
      const arrival = this.#nextArrival
      const done = running.time
      if (done <= limit && done <= arrival) {
        // Those whose time is over before this one ends have left by then.
        if (this.#held.size > 0 && this.#held.first + this.#model.holdMicros <= done) this.#expire(done)
        this.#moveTo(done)
        this.#finish()
        continue
      }
      if (arrival > limit) break
      if (this.#held.size > 0) this.#expire(arrival)
      this.#moveTo(arrival)
      this.#nextArrival = this.#model.arrivals.next()
      this.#arrived++
      if (this.#open.length > 0) this.#forward(arrival, arrival)
      else if (this.#hold(arrival)) return arrival
    }
    if (this.#held.size > 0) this.#expire(limit)
    this.#moveTo(limit)
    return limit
  }

  opened(slot: number, time: number): void {
    this.#open.push(slot)
    this.#servers[slot] = Number.isFinite(this.#model.concurrency) ? new Servers(this.#model.concurrency) : undefined
    this.#lastDone[slot] = time
    this.#load[slot] = 0
    if (this.#held.size > 0 && this.#fromZero) this.firstAnswers.add(this.#forward(this.#held.first, time) - this.#held.shift())
    while (this.#held.size > 0) this.#forward(this.#held.shift(), time)
    this.#asked = false
    this.#fromZero = false
  }

  closing(slot: number): number {
    this.#open = this.#open.filter((other) => other !== slot)
    return this.#lastDone[slot] as number
  }

  cut(slot: number): void {
    const lost = this.#load[slot] as number
    this.#gone.add(slot)
    this.#ghosts += lost
    this.#cut += lost
  }

  counts(): RequestCounts {
    return {
      arrivals: this.#arrived,
      answered: this.#answered,
      inFlight: this.#running.size - this.#ghosts,
      held: this.#held.size,
      refused: this.#refused,
      expired: this.#expired,
      cut: this.#cut,
      forwarded: this.#forwarded,
    }
  }

  drainLatencies(into: LatencyHistogram): void {
    into.merge(this.#latencies)
    this.#latencies.clear()
  }

  heldPeak(): number {
    const peak = this.#heldPeak
    this.#heldPeak = this.#held.size
    return peak
  }

  #moveTo(time: number): void {
    this.#area += (time - this.#now) * (this.#running.size - this.#ghosts + this.#held.size)
    this.#now = time
  }

  #finish(): void {
    const running = this.#running
    const slot = running.left
    if (this.#gone.size > 0 && this.#gone.has(slot)) this.#ghosts--
    else {
      this.#answered++
      this.#latencies.add(running.time - running.right)
    }
    this.#load[slot] = (this.#load[slot] as number) - 1
    running.pop()
  }

  /** Returns when the answer will be there. */
  #forward(arrival: number, now: number): number {
    const slot = this.#pick()
    const duration = this.#model.service.draw()
    const servers = this.#servers[slot]
    const done = servers === undefined ? now + duration : servers.take(now, duration)
    if (done > (this.#lastDone[slot] as number)) this.#lastDone[slot] = done
    this.#load[slot] = (this.#load[slot] as number) + 1
    this.#running.push(done, slot, arrival)
    this.#forwarded++
    return done
  }

  #pick(): number {
    const open = this.#open
    if (open.length === 1) return open[0] as number
    let turn = this.#turn < open.length ? this.#turn : 0
    if (this.#model.balance === 'least-in-flight')
      for (let tried = 1; tried < open.length; tried++) {
        const other = (this.#turn + tried) % open.length
        if ((this.#load[open[other] as number] as number) < (this.#load[open[turn] as number] as number)) turn = other
      }
    this.#turn = turn + 1
    return open[turn] as number
  }

  /** True when the scaler must be asked at once. */
  #hold(arrival: number): boolean {
    const { wanted, starting } = this.#model.replicas()
    if ((starting === 0 && !this.#model.wakes) || this.#held.size >= this.#model.maxHeld) {
      this.#refused++
      return false
    }
    this.#held.push(arrival)
    if (this.#held.size > this.#heldPeak) this.#heldPeak = this.#held.size
    if (wanted > 0 || this.#asked || !this.#model.wakes) return false
    this.#asked = true
    this.#fromZero = true
    return true
  }

  #expire(time: number): void {
    while (this.#held.first + this.#model.holdMicros <= time) {
      // Moved to the time at which it left, for the area.
      this.#moveTo(Math.max(this.#now, this.#held.first + this.#model.holdMicros))
      this.#held.shift()
      this.#expired++
      if (this.#held.size === 0) this.#asked = false
    }
  }
}

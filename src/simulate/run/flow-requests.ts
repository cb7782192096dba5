import { LatencyHistogram } from './latency-histogram.ts'
import { NumberQueue } from './number-queue.ts'
import type { RequestCounts, RequestModel, RequestTraffic } from './traffic.ts'

/** Points at which a distribution of service times is taken. */
const POINTS = 32

interface Batch {
  readonly count: number
  readonly until: number
}

/**
 * Requests as a stream: only their numbers at the points where something looks. With a constant service time and without a limit of concurrency the numbers are
 * those of the requests followed one by one; otherwise work that waits at replicas is a fluid that flows off at the rate of all replicas together. Requests that
 * wait for a first replica are few: they are followed each by itself.
 */
export class FlowRequests implements RequestTraffic {
  readonly firstAnswers = new LatencyHistogram()
  readonly #model: RequestModel
  readonly #latencies = new LatencyHistogram()
  readonly #samples: readonly number[]
  /** Requests that waited nowhere, of those whose latency nobody took yet. */
  #prompt = 0
  #open = 0
  /** Since when replicas take requests, or took them last. */
  #openedAt = Number.NEGATIVE_INFINITY
  #closedAt = Number.NEGATIVE_INFINITY
  #now = 0
  /** Arrivals until now. */
  #seen = 0
  readonly #held = new NumberQueue()
  #heldPeak = 0
  #asked = false
  #fromZero = false
  #batches: Batch[] = []
  /** Requests that wait at replicas, beyond those at work. */
  #backlog = 0
  #refused = 0
  #expired = 0
  #forwarded = 0
  #area = 0
  #leftover = 0

  constructor(model: RequestModel) {
    this.#model = model
    const { service } = model
    this.#samples = service.constant ? [service.mean] : Array.from({ length: POINTS }, () => service.draw()).sort((a, b) => a - b)
  }

  get held(): number {
    return this.#held.size
  }

  area(): number {
    return this.#area
  }

  runUntil(limit: number): number {
    const { arrivals, wakes, replicas } = this.#model
    if (this.#open === 0 && wakes && !this.#asked && replicas().wanted === 0) {
      const first = arrivals.firstAfter(this.#now)
      if (first <= limit) {
        this.#asked = true
        this.#fromZero = true
        this.#account(first)
        return first
      }
    }
    this.#account(limit)
    return limit
  }

  /** Those at work, those that wait at replicas, and those held. */
  inFlight(): number {
    return this.#atReplicas() + this.#held.size
  }

  opened(_slot: number, time: number): void {
    this.#open++
    if (this.#open > 1) return
    const { service, concurrency } = this.#model
    const limited = Number.isFinite(concurrency)
    this.#openedAt = time
    const released = this.#held.size
    if (released > 0 && this.#fromZero) this.firstAnswers.add(time - this.#held.first + service.mean)
    for (let place = 0; this.#held.size > 0; place++) {
      const turns = limited ? Math.floor(place / concurrency) : 0
      this.#latencies.add(time - this.#held.shift() + service.mean * (1 + turns))
    }
    if (released > 0) {
      if (limited) this.#backlog += released
      else this.#batches.push({ count: released, until: time + service.mean })
      this.#forwarded += released
      this.#leftover += released * service.mean
    }
    this.#asked = false
    this.#fromZero = false
  }

  closing(_slot: number, time: number): number {
    this.#open--
    const working = this.#atReplicas() > 0
    if (this.#open === 0) this.#closedAt = time
    return working ? time + this.#model.service.mean : time
  }

  cut(): void {}

  counts(): RequestCounts {
    const inFlight = this.#atReplicas()
    return {
      arrivals: this.#seen,
      answered: this.#forwarded - inFlight,
      inFlight,
      held: this.#held.size,
      refused: this.#refused,
      expired: this.#expired,
      cut: 0,
      forwarded: this.#forwarded,
    }
  }

  drainLatencies(into: LatencyHistogram): void {
    this.#take(this.#prompt, 0, into)
    this.#prompt = 0
    if (this.#latencies.count === 0) return
    into.merge(this.#latencies)
    this.#latencies.clear()
  }

  heldPeak(): number {
    const peak = this.#heldPeak
    this.#heldPeak = this.#held.size
    return peak
  }

  #account(time: number): void {
    const { arrivals, replicas, wakes } = this.#model
    const count = arrivals.countUntil(time)
    const came = count - this.#seen
    this.#seen = count
    const passed = time - this.#now
    if (this.#open > 0) this.#serve(came, passed)
    else if (came > 0 && !wakes && replicas().starting === 0) this.#refused += came
    else if (came > 0 || this.#held.size > 0) this.#hold(came, time)
    this.#now = time
    if (this.#model.averages) this.#sumUp(came)
  }

  #serve(came: number, passed: number): void {
    const { service, concurrency } = this.#model
    this.#forwarded += came
    let wait = 0
    if (Number.isFinite(concurrency)) {
      const rate = (this.#open * concurrency) / service.mean
      const before = this.#backlog
      this.#backlog = Math.max(0, before + came - rate * passed)
      wait = (before + this.#backlog) / 2 / rate
    }
    if (wait === 0) this.#prompt += came
    else this.#take(came, wait, this.#latencies)
  }

  #take(count: number, wait: number, into: LatencyHistogram): void {
    if (count === 0) return
    const share = count / this.#samples.length
    for (const sample of this.#samples) into.add(Math.round(sample + wait), share)
  }

  #hold(came: number, time: number): void {
    const { arrivals, maxHeld } = this.#model
    const times: number[] = []
    this.#area += this.#held.size * (time - this.#now)
    if (came > 0) arrivals.each(this.#now, time, (at) => times.push(at))
    if (arrivals.parts.length > 1) times.sort((left, right) => left - right)
    for (const at of times) {
      this.#expire(at, time)
      if (this.#held.size >= maxHeld) this.#refused++
      else {
        this.#held.push(at)
        this.#area += time - at
      }
      if (this.#held.size > this.#heldPeak) this.#heldPeak = this.#held.size
    }
    this.#expire(time, time)
  }

  /** Takes off the area what was counted for them until `end`. */
  #expire(time: number, end: number): void {
    const { holdMicros } = this.#model
    while (this.#held.first + holdMicros <= time) {
      this.#area -= end - (this.#held.shift() + holdMicros)
      this.#expired++
      if (this.#held.size === 0) this.#asked = false
    }
  }

  #atReplicas(): number {
    const { arrivals, service, concurrency } = this.#model
    const now = this.#now
    let batches = 0
    if (this.#batches.length > 0) {
      this.#batches = this.#batches.filter(({ until }) => until > now)
      for (const { count } of this.#batches) batches += count
    }
    const end = this.#open > 0 ? now : Math.min(now, this.#closedAt)
    const begin = Math.max(now - service.mean, this.#openedAt)
    const working = end > begin ? arrivals.countUntil(end) - arrivals.countUntil(begin) : 0
    if (!Number.isFinite(concurrency)) return working + batches
    if (this.#backlog <= 0) return Math.min(working, Math.max(this.#open, 1) * concurrency)
    return Math.min(this.#forwarded, this.#open * concurrency + Math.ceil(this.#backlog))
  }

  /** Requests in flight over time are the work that came, without that which is left to do. */
  #sumUp(came: number): void {
    const { arrivals, service } = this.#model
    if (this.#open === 0) return
    let left = 0
    arrivals.each(Math.max(this.#now - service.mean, this.#openedAt), this.#now, (at) => (left += at + service.mean - this.#now))
    for (const { count, until } of this.#batches) if (until > this.#now) left += count * (until - this.#now)
    this.#area += came * service.mean + this.#leftover - left
    this.#leftover = left
  }
}

import { Random } from './random.ts'
import type { RateCurve } from './rate-curve.ts'

/** When events come, each with a number from 1 in order of time. Both ways of simulating ask the same one, and so see the same events. */
export interface Arrivals {
  /** Events until a time (inclusive), in whole microseconds since the start. */
  countUntil(time: number): number
  /** Infinite when there are not so many. */
  timeOf(number: number): number
}

/** Evenly spaced: the n-th event comes where n − ½ events are expected. */
export class EvenArrivals implements Arrivals {
  readonly #curve: RateCurve

  constructor(curve: RateCurve) {
    this.#curve = curve
  }

  timeOf(number: number): number {
    return this.#curve.timeOf(number - 0.5)
  }

  countUntil(time: number): number {
    const sum = this.#curve.sumAt(time) + 0.5
    let count = Math.floor(sum)
    // Times are rounded to microseconds: next to the border the time itself decides.
    const near = 1e-4 + sum * 1e-12
    if (sum - count < near && count > 0 && this.timeOf(count) > time) count--
    else if (count + 1 - sum < near && this.timeOf(count + 1) <= time) count++
    return count
  }
}

/** Length of the pieces in which random arrivals are drawn: the HPA looks at their ends. */
const SLICE = 15_000_000

/**
 * A Poisson process: the number of each slice of 15 s is drawn first, then the places of its events in it. A slice can be drawn again at any time, so that
 * a run that only looks at its end sees the same events as one that follows each.
 */
export class PoissonArrivals implements Arrivals {
  readonly #curve: RateCurve
  readonly #seed: number
  readonly #random = new Random(0)
  readonly #slices: number
  /** Events before each slice, as far as drawn. */
  readonly #before: Float64Array
  #drawn = 0
  #places = new Float64Array(0)
  /** The slice of `places`. */
  #placed = -1
  #lastSlice = 0

  constructor(curve: RateCurve, seed: number, endMicros: number) {
    this.#curve = curve
    this.#seed = seed
    this.#slices = Math.ceil(endMicros / SLICE)
    this.#before = new Float64Array(this.#slices + 1)
  }

  countUntil(time: number): number {
    if (time < 0) return 0
    const slice = Math.floor(time / SLICE)
    if (slice >= this.#slices) return this.#total()
    this.#drawUntil(slice + 1)
    const before = this.#before[slice] as number
    // An event belongs to the slice whose end it is at, not to the one that begins there.
    if (time === slice * SLICE || this.#before[slice + 1] === before) return before
    const places = this.#placesOf(slice)
    let low = 0
    let high = (this.#before[slice + 1] as number) - before
    while (low < high) {
      const middle = (low + high) >> 1
      if ((places[middle] as number) <= time) low = middle + 1
      else high = middle
    }
    return before + low
  }

  timeOf(number: number): number {
    let slice = this.#lastSlice
    while (slice > 0 && (this.#before[slice] as number) >= number) slice--
    for (;;) {
      if (slice >= this.#slices) return Number.POSITIVE_INFINITY
      this.#drawUntil(slice + 1)
      if ((this.#before[slice + 1] as number) >= number) break
      slice++
    }
    this.#lastSlice = slice
    return this.#placesOf(slice)[number - (this.#before[slice] as number) - 1] as number
  }

  #total(): number {
    this.#drawUntil(this.#slices)
    return this.#before[this.#slices] as number
  }

  #drawUntil(slice: number): void {
    for (; this.#drawn < slice; this.#drawn++) {
      const start = this.#curve.sumAt(this.#drawn * SLICE)
      const mean = this.#curve.sumAt((this.#drawn + 1) * SLICE) - start
      this.#random.reseed(this.#seed, this.#drawn)
      const count = mean > 0 ? this.#random.poisson(mean) : 0
      this.#before[this.#drawn + 1] = (this.#before[this.#drawn] as number) + count
    }
  }

  /** Times of the events of a slice, in order. */
  #placesOf(slice: number): Float64Array {
    if (this.#placed === slice) return this.#places
    const random = this.#random
    const start = this.#curve.sumAt(slice * SLICE)
    const mean = this.#curve.sumAt((slice + 1) * SLICE) - start
    random.reseed(this.#seed, slice)
    const count = random.poisson(mean)
    if (this.#places.length < count) this.#places = new Float64Array(count * 2)
    const places = this.#places.subarray(0, count)
    for (let index = 0; index < count; index++) places[index] = random.uniform()
    places.sort()
    // A place belongs to its slice: after its start, until its end.
    const [first, last] = [slice * SLICE + 1, (slice + 1) * SLICE]
    for (let index = 0; index < count; index++)
      places[index] = Math.min(last, Math.max(first, this.#curve.timeOf(start + (places[index] as number) * mean)))
    this.#placed = slice
    return this.#places
  }
}

/** All that comes to one place. */
export class ArrivalSet {
  readonly parts: readonly Arrivals[]
  /** Number and time of the next event of each part, for `next`. */
  readonly #numbers: Float64Array
  readonly #times: Float64Array

  constructor(parts: readonly Arrivals[]) {
    this.parts = parts
    this.#numbers = new Float64Array(parts.length).fill(1)
    this.#times = Float64Array.from(parts, (part) => part.timeOf(1))
  }

  countUntil(time: number): number {
    let count = 0
    for (const part of this.parts) count += part.countUntil(time)
    return count
  }

  /** Time of the first event after a time. */
  firstAfter(time: number): number {
    let first = Number.POSITIVE_INFINITY
    for (const part of this.parts) first = Math.min(first, part.timeOf(part.countUntil(time) + 1))
    return first
  }

  /** Time of the last event until a time (inclusive). */
  lastUntil(time: number): number | undefined {
    let last: number | undefined
    for (const part of this.parts) {
      const count = part.countUntil(time)
      const at = count === 0 ? undefined : part.timeOf(count)
      if (at !== undefined && (last === undefined || at > last)) last = at
    }
    return last
  }

  /** Calls back with the times of the events after `from` until `until`, part by part. */
  each(from: number, until: number, visit: (time: number) => void): void {
    for (const part of this.parts) {
      const last = part.countUntil(until)
      for (let number = part.countUntil(from) + 1; number <= last; number++) visit(part.timeOf(number))
    }
  }

  /** Times of all events in order, one at each call; infinite at the end. */
  next(): number {
    const times = this.#times
    let first = 0
    for (let index = 1; index < times.length; index++) if ((times[index] as number) < (times[first] as number)) first = index
    const time = times[first] ?? Number.POSITIVE_INFINITY
    if (time === Number.POSITIVE_INFINITY) return time
    const number = (this.#numbers[first] as number) + 1
    this.#numbers[first] = number
    times[first] = (this.parts[first] as Arrivals).timeOf(number)
    return time
  }
}

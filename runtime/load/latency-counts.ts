import type { LoadPercentiles } from '../../src/wire/load.ts'

/** Parts of each doubling: a value is known within 1/128 of itself. */
const PARTS = 128
/** Below it microseconds are counted one by one. */
const EXACT = PARTS
/** Doublings above that: up to 2^32 µs, more than an hour. */
const DOUBLINGS = 26

/** Durations counted in parts of doublings of a microsecond: percentiles of any number of them in the same small memory. */
export class LatencyCounts {
  readonly #counts = new Float64Array(EXACT + DOUBLINGS * PARTS)
  #total = 0
  #maxMs = 0

  get total(): number {
    return this.#total
  }

  add(ms: number): void {
    this.#total++
    if (ms > this.#maxMs) this.#maxMs = ms
    const place = placeOf(Math.max(0, Math.round(ms * 1000)))
    this.#counts[place] = (this.#counts[place] ?? 0) + 1
  }

  /** Undefined while there is nothing. */
  percentiles(): LoadPercentiles | undefined {
    if (this.#total === 0) return undefined
    const [p50 = 0, p90 = 0, p99 = 0, p999 = 0] = this.#at([0.5, 0.9, 0.99, 0.999])
    return { p50, p90, p99, p999, max: rounded(this.#maxMs) }
  }

  /** The least durations that these growing shares do not exceed (nearest rank). */
  #at(shares: readonly number[]): readonly number[] {
    const found: number[] = []
    let count = 0
    for (let place = 0; place < this.#counts.length && found.length < shares.length; place++) {
      count += this.#counts[place] ?? 0
      while (found.length < shares.length && count >= Math.ceil((shares[found.length] ?? 1) * this.#total))
        found.push(rounded(Math.min(this.#maxMs, upperEnd(place) / 1000)))
    }
    return found
  }
}

function placeOf(micros: number): number {
  if (micros < EXACT) return micros
  const doubling = Math.min(DOUBLINGS - 1, Math.floor(Math.log2(micros / EXACT)))
  const part = Math.min(PARTS - 1, Math.floor((micros / (EXACT * 2 ** doubling) - 1) * PARTS))
  return EXACT + doubling * PARTS + part
}

/** The longest duration of a place, in microseconds. */
function upperEnd(place: number): number {
  if (place < EXACT) return place
  const doubling = Math.floor((place - EXACT) / PARTS)
  const part = (place - EXACT) % PARTS
  return EXACT * 2 ** doubling * (1 + (part + 1) / PARTS)
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000
}

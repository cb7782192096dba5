/** A piece of a rate over time: straight from `from` to `to`, in events a second, between two points in seconds since the start. */
export interface RatePiece {
  readonly startSeconds: number
  readonly endSeconds: number
  readonly from: number
  readonly to: number
}

const MICROS = 1_000_000

/**
 * A rate as straight pieces over the time of a run, with its integral and the inverse of it. Times are whole microseconds since the start, so that sums
 * of times are exact; gaps between pieces have the rate 0.
 */
export class RateCurve {
  /** Expected events until the end. */
  readonly total: number
  readonly #starts: Float64Array
  readonly #from: Float64Array
  readonly #slopes: Float64Array
  /** Integral at each start. */
  readonly #sums: Float64Array
  readonly #last: number
  #at = 0

  /** Pieces in order of time, not overlapping; what is beyond the end is cut off. */
  constructor(pieces: readonly RatePiece[], endMicros: number) {
    const starts: number[] = []
    const from: number[] = []
    const slopes: number[] = []
    const sums: number[] = []
    let sum = 0
    let at = 0
    const push = (end: number, first: number, last: number): void => {
      if (end <= at) return
      starts.push(at)
      from.push(first)
      slopes.push((last - first) / (end - at))
      sums.push(sum)
      sum += ((first + last) / 2) * (end - at)
      at = end
    }
    for (const piece of pieces) {
      const start = Math.round(piece.startSeconds * MICROS)
      const end = Math.round(piece.endSeconds * MICROS)
      if (start >= endMicros || end <= start) continue
      if (start > at) push(start, 0, 0)
      const first = piece.from / MICROS
      const last = piece.to / MICROS
      const cut = Math.min(end, endMicros)
      push(cut, first, first + ((last - first) * (cut - start)) / (end - start))
    }
    push(endMicros, 0, 0)
    starts.push(endMicros)
    from.push(0)
    slopes.push(0)
    sums.push(sum)
    this.total = sum
    this.#last = starts.length - 1
    this.#starts = Float64Array.from(starts)
    this.#from = Float64Array.from(from)
    this.#slopes = Float64Array.from(slopes)
    this.#sums = Float64Array.from(sums)
  }

  /** Expected events until a time. */
  sumAt(time: number): number {
    if (time <= 0) return 0
    const starts = this.#starts
    if (time >= (starts[this.#last] as number)) return this.total
    let at = this.#at
    while (time < (starts[at] as number)) at--
    while (time >= (starts[at + 1] as number)) at++
    this.#at = at
    const passed = time - (starts[at] as number)
    return (this.#sums[at] as number) + ((this.#from[at] as number) + ((this.#slopes[at] as number) * passed) / 2) * passed
  }

  /** The rate itself at a time, in events a second; the last one at the end. */
  valueAt(time: number): number {
    const at = Math.min(Math.max(0, time), (this.#starts[this.#last] as number) - 1)
    this.sumAt(at)
    return ((this.#from[this.#at] as number) + (this.#slopes[this.#at] as number) * (at - (this.#starts[this.#at] as number))) * MICROS
  }

  /** The time until which a sum is expected, in whole microseconds; infinite when it never is. */
  timeOf(sum: number): number {
    if (sum > this.total) return Number.POSITIVE_INFINITY
    const sums = this.#sums
    let at = this.#at
    while (at > 0 && sum <= (sums[at] as number)) at--
    while (at < this.#last - 1 && sum > (sums[at + 1] as number)) at++
    this.#at = at
    const rest = sum - (sums[at] as number)
    const rate = this.#from[at] as number
    const root = rate * rate + 2 * (this.#slopes[at] as number) * rest
    return Math.round((this.#starts[at] as number) + (2 * rest) / (rate + Math.sqrt(Math.max(root, 0))))
  }
}

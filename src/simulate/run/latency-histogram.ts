const PER_OCTAVE = 16
/** Up to 2^40 microseconds, twelve days. */
const BUCKETS = 40 * PER_OCTAVE

/**
 * Durations in microseconds, counted in buckets whose width is a sixteenth of their octave: a percentile is at most 6.25 % above the true one, never below. The
 * size does not depend on how many there are.
 */
export class LatencyHistogram {
  readonly #counts = new Float64Array(BUCKETS)
  #total = 0
  #low = BUCKETS
  #high = -1
  #longest = 0

  get count(): number {
    return this.#total
  }

  get longest(): number {
    return this.#longest
  }

  add(duration: number, times = 1): void {
    const bucket = bucketOf(duration)
    this.#counts[bucket] = (this.#counts[bucket] as number) + times
    this.#total += times
    if (bucket < this.#low) this.#low = bucket
    if (bucket > this.#high) this.#high = bucket
    if (duration > this.#longest) this.#longest = duration
  }

  /** Adds all of another one. */
  merge(other: LatencyHistogram): void {
    for (let bucket = other.#low; bucket <= other.#high; bucket++)
      this.#counts[bucket] = (this.#counts[bucket] as number) + (other.#counts[bucket] as number)
    this.#total += other.#total
    this.#low = Math.min(this.#low, other.#low)
    this.#high = Math.max(this.#high, other.#high)
    this.#longest = Math.max(this.#longest, other.#longest)
  }

  clear(): void {
    if (this.#high >= 0) this.#counts.fill(0, this.#low, this.#high + 1)
    this.#total = 0
    this.#low = BUCKETS
    this.#high = -1
    this.#longest = 0
  }

  /** The duration that a share of all (0.5, 0.99) does not exceed, in microseconds; undefined when there are none. */
  quantile(share: number): number | undefined {
    if (this.#total === 0) return undefined
    let rest = Math.max(share * this.#total, Number.MIN_VALUE)
    for (let bucket = this.#low; bucket <= this.#high; bucket++) {
      rest -= this.#counts[bucket] as number
      if (rest <= 1e-9) return Math.min(upperBound(bucket), this.#longest)
    }
    return this.#longest
  }
}

/** Bucket 0 holds durations of up to 1 µs; each octave above has 16 of equal width. */
function bucketOf(duration: number): number {
  if (duration <= 1) return 0
  const octave = duration < 0x7fffffff ? 31 - Math.clz32(Math.ceil(duration) - 1) : Math.floor(Math.log2(Math.ceil(duration) - 1))
  const base = 2 ** octave
  const bucket = octave * PER_OCTAVE + Math.ceil(((duration - base) / base) * PER_OCTAVE)
  return bucket < BUCKETS ? bucket : BUCKETS - 1
}

function upperBound(bucket: number): number {
  const octave = Math.floor((bucket - 1) / PER_OCTAVE)
  if (bucket <= 0) return 1
  return 2 ** octave * (1 + (bucket - octave * PER_OCTAVE) / PER_OCTAVE)
}

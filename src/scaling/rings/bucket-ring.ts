/**
 * A ring of buckets, each of one stretch of time, as a plain value. What is recorded into the newest bucket is kept beside the ring
 * in `open`, so that a record costs no copy of the ring until time moves on to the next bucket.
 */
export interface BucketRing {
  /** Milliseconds that all buckets together span. */
  readonly windowMs: number
  /** Milliseconds of one bucket. */
  readonly granularityMs: number
  readonly buckets: readonly number[]
  /** What the newest bucket holds above its place in `buckets`, and the number of that bucket. */
  readonly open: number
  readonly openIndex: number
  /** Sum of `buckets` and `open`. */
  readonly total: number
  /** Start of the earliest and the newest bucket written, milliseconds since the epoch; absent before the first record. */
  readonly firstWriteMs?: number
  readonly lastWriteMs?: number
}

/** How an average is taken: its decimals, and whether buckets that have run out since the last write leave the divisor too. */
export interface RingAveraging {
  readonly decimals: number
  readonly divisorShrinks: boolean
}

/** Go cuts times from the start of the year 1, not from 1970; this tells where a bucket of, say, 7 s begins. */
const goEpochMs = 62_135_596_800_000

export function emptyRing(windowMs: number, granularityMs: number): BucketRing {
  const count = Math.ceil(windowMs / granularityMs)
  return { windowMs, granularityMs, buckets: new Array<number>(count).fill(0), open: 0, openIndex: 0, total: 0 }
}

/** Adds to the bucket of `atMs`. Late values are added while inside the window and dropped when older. */
export function recordInRing(ring: BucketRing, atMs: number, value: number): BucketRing {
  const start = bucketStart(ring, atMs)
  const index = indexOf(ring, atMs)
  const { lastWriteMs, firstWriteMs, windowMs } = ring
  if (lastWriteMs === start) return addTo(ring, index, value)
  if (lastWriteMs === undefined || firstWriteMs === undefined || start - lastWriteMs >= windowMs)
    return {
      ...emptyRing(windowMs, ring.granularityMs),
      open: value,
      openIndex: index,
      total: value,
      firstWriteMs: start,
      lastWriteMs: start,
    }
  if (start + windowMs <= lastWriteMs) return ring
  if (start < lastWriteMs) return { ...addTo(ring, index, value), firstWriteMs: Math.min(firstWriteMs, start) }
  return { ...moveOn(ring, indexOf(ring, lastWriteMs), index, value), lastWriteMs: start }
}

/** Nothing was recorded for more than a window. */
export function isRingEmpty(ring: BucketRing, nowMs: number): boolean {
  return ring.lastWriteMs === undefined || bucketStart(ring, nowMs) - ring.lastWriteMs > ring.windowMs
}

/** Mean of the buckets in use; 0 when nothing was recorded for a window. */
export function averageOfRing(ring: BucketRing, nowMs: number, { decimals, divisorShrinks }: RingAveraging): number {
  const { firstWriteMs, lastWriteMs, granularityMs, buckets, windowMs } = ring
  if (firstWriteMs === undefined || lastWriteMs === undefined) return 0
  const now = bucketStart(ring, nowMs)
  if (now - lastWriteMs >= windowMs) return 0
  const last = indexOf(ring, lastWriteMs)
  const lapsed = Math.max(0, now > lastWriteMs ? indexOf(ring, now) - last : 0)
  let total = ring.total
  for (let step = 1; step <= lapsed; step++) total -= heldAt(ring, last + step)
  const written = Math.trunc((lastWriteMs - firstWriteMs) / granularityMs) + 1
  const divisor = Math.min(written, buckets.length - (divisorShrinks ? lapsed : 0))
  return roundHalfAway(total / divisor, decimals)
}

function addTo(ring: BucketRing, index: number, value: number): BucketRing {
  const total = ring.total + value
  if (index === ring.openIndex) return { ...ring, open: ring.open + value, total }
  const buckets = [...ring.buckets]
  const place = index % buckets.length
  buckets[place] = (buckets[place] ?? 0) + value
  return { ...ring, buckets, total }
}

/** Closes the newest bucket, empties those that time has passed, and opens the one of `index`. */
function moveOn(ring: BucketRing, lastIndex: number, index: number, value: number): BucketRing {
  const buckets = [...ring.buckets]
  const place = ring.openIndex % buckets.length
  buckets[place] = (buckets[place] ?? 0) + ring.open
  let total = ring.total
  for (let passed = lastIndex + 1; passed <= index; passed++) {
    total -= buckets[passed % buckets.length] ?? 0
    buckets[passed % buckets.length] = 0
  }
  return { ...ring, buckets, open: value, openIndex: index, total: total + value }
}

/** What the place of a bucket holds; the newest bucket is partly in `open`. */
function heldAt(ring: BucketRing, index: number): number {
  const place = index % ring.buckets.length
  return (ring.buckets[place] ?? 0) + (place === ring.openIndex % ring.buckets.length ? ring.open : 0)
}

function bucketStart({ granularityMs }: BucketRing, atMs: number): number {
  return atMs - positiveModulo(atMs + goEpochMs, granularityMs)
}

/** Buckets are numbered in whole seconds, and in milliseconds only where they are shorter than one. */
function indexOf({ granularityMs }: BucketRing, atMs: number): number {
  if (granularityMs < 1000) return Math.floor(atMs / granularityMs)
  return Math.floor(Math.floor(atMs / 1000) / Math.floor(granularityMs / 1000))
}

function positiveModulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor
}

function roundHalfAway(value: number, decimals: number): number {
  const factor = 10 ** decimals
  const rounded = (Math.sign(value) * Math.round(Math.abs(value) * factor)) / factor
  return rounded === 0 ? 0 : rounded
}

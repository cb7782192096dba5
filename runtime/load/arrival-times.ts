import { SeededNumbers } from '../../src/routing/faults.ts'
import type { LoadOrder, LoadPiece, LoadStream } from '../../src/wire/load.ts'

/** The times of one stream, one after the other, in milliseconds since the start. */
interface Times {
  /** Infinite at the end. */
  next(): number
}

/**
 * When requests are due, in order, in milliseconds since the start. A stream of even arrivals has its n-th one where n − ½ are expected; one of arrivals
 * by chance (a Poisson process) has exponential steps of the expected number between them. The same seed gives the same times.
 */
export class ArrivalTimes {
  readonly #streams: readonly Times[]
  readonly #next: number[]

  constructor({ streams, seed }: Pick<LoadOrder, 'streams' | 'seed'>) {
    this.#streams = streams.map((stream, index) => timesOf(stream, seed + index))
    this.#next = this.#streams.map((stream) => stream.next())
  }

  /** Infinite at the end. */
  next(): number {
    let first = 0
    for (let index = 1; index < this.#next.length; index++) {
      if ((this.#next[index] ?? Number.POSITIVE_INFINITY) < (this.#next[first] ?? Number.POSITIVE_INFINITY)) first = index
    }
    const time = this.#next[first] ?? Number.POSITIVE_INFINITY
    this.#next[first] = this.#streams[first]?.next() ?? Number.POSITIVE_INFINITY
    return time
  }
}

/** How many requests are expected in all. */
export function expectedRequests(streams: readonly LoadStream[]): number {
  return streams.reduce((sum, { pieces }) => sum + pieces.reduce((part, piece) => part + areaOf(piece), 0), 0)
}

function areaOf({ startSeconds, endSeconds, from, to }: LoadPiece): number {
  return Math.max(0, endSeconds - startSeconds) * ((from + to) / 2)
}

function timesOf({ arrivals, pieces }: LoadStream, seed: number): Times {
  const curve = new Inverse(pieces)
  if (arrivals === 'constant') {
    let count = 0
    return { next: () => curve.timeOf(count++ + 0.5) }
  }
  const numbers = new SeededNumbers(seed)
  let sum = 0
  return {
    next: () => {
      sum -= Math.log(1 - numbers.next())
      return curve.timeOf(sum)
    },
  }
}

/** The time at which a number of requests is expected; asked for growing numbers. */
class Inverse {
  readonly #pieces: readonly LoadPiece[]
  #at = 0
  /** Expected before the piece. */
  #before = 0

  constructor(pieces: readonly LoadPiece[]) {
    this.#pieces = pieces
  }

  timeOf(sum: number): number {
    for (;;) {
      const piece = this.#pieces[this.#at]
      if (piece === undefined) return Number.POSITIVE_INFINITY
      const area = areaOf(piece)
      const rest = sum - this.#before
      if (area > 0 && rest <= area) return 1000 * (piece.startSeconds + secondsInto(piece, rest))
      this.#before += area
      this.#at++
    }
  }
}

/** Solves from·t + slope·t²/2 = sum for t, in a form that is exact where the slope is 0. */
function secondsInto({ startSeconds, endSeconds, from, to }: LoadPiece, sum: number): number {
  const slope = (to - from) / (endSeconds - startSeconds)
  return (2 * sum) / (from + Math.sqrt(Math.max(0, from * from + 2 * slope * sum)))
}

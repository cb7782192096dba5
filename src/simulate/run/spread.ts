import type { Spread } from '../load/load-types.ts'
import type { Random } from '../load/random.ts'

const MICROS = 1_000_000
/** The standard normal distribution's 95 % point. */
const NORMAL_P95 = 1.6448536269514722

/** Draws durations, in whole microseconds. */
export class SpreadSampler {
  /** Of the distribution. */
  readonly mean: number
  readonly constant: boolean
  readonly #spread: Spread
  readonly #random: Random
  readonly #sigma: number

  constructor(spread: Spread, random: Random) {
    this.#spread = spread
    this.#random = random
    this.constant = spread.kind === 'constant'
    this.#sigma = spread.kind === 'lognormal' ? Math.log(spread.p95 / spread.median) / NORMAL_P95 : 0
    this.mean = Math.round(meanSeconds(spread) * MICROS)
  }

  draw(): number {
    const spread = this.#spread
    switch (spread.kind) {
      case 'constant':
        return this.mean
      case 'exponential':
        return Math.round(spread.mean * MICROS * this.#random.exponential())
      case 'lognormal':
        return Math.round(spread.median * MICROS * Math.exp(this.#sigma * this.#random.normal()))
    }
  }
}

/** Expected duration in seconds. */
function meanSeconds(spread: Spread): number {
  switch (spread.kind) {
    case 'constant':
      return spread.seconds
    case 'exponential':
      return spread.mean
    case 'lognormal':
      return spread.median * Math.exp((Math.log(spread.p95 / spread.median) / NORMAL_P95) ** 2 / 2)
  }
}

/** In words: `100ms`, `exponential, mean 100ms`. */
export function describeSpread(spread: Spread): string {
  const text = (seconds: number): string => (seconds < 1 ? `${Number((seconds * 1000).toFixed(3))}ms` : `${Number(seconds.toFixed(3))}s`)
  switch (spread.kind) {
    case 'constant':
      return text(spread.seconds)
    case 'exponential':
      return `exponential, mean ${text(spread.mean)}`
    case 'lognormal':
      return `lognormal, median ${text(spread.median)}, p95 ${text(spread.p95)}`
  }
}

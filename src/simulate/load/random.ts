/** Turns a 32-bit state into the next one and a well mixed value. Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (splitmix). */
function mix(state: number): number {
  let z = state
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
  return z ^ (z >>> 15)
}

const STEP = 0x9e3779b9
const UNIT = 2 ** -32

/** A 32-bit number from a seed and a text: parts of a run draw apart from each other, so that one more component changes no other. */
export function seedFrom(seed: number, text: string): number {
  let hash = mix((seed | 0) + STEP)
  for (let index = 0; index < text.length; index++) hash = mix(Math.imul(hash, 31) + text.charCodeAt(index) + STEP)
  return hash >>> 0
}

/** Numbers by chance that are the same for the same seed on every machine. Source: Blackman and Vigna, xoshiro128**. */
export class Random {
  #a = 0
  #b = 0
  #c = 0
  #d = 0

  constructor(seed: number, stream = 0) {
    this.reseed(seed, stream)
  }

  /** Starts the sequence of a seed and of a stream within it. */
  reseed(seed: number, stream: number): void {
    let state = mix((seed | 0) ^ mix((stream | 0) + STEP))
    state = (state + STEP) | 0
    this.#a = mix(state)
    state = (state + STEP) | 0
    this.#b = mix(state)
    state = (state + STEP) | 0
    this.#c = mix(state)
    state = (state + STEP) | 0
    this.#d = mix(state) | 1
  }

  /** Above 0 and below 1. */
  uniform(): number {
    const five = Math.imul(this.#b, 5)
    const result = Math.imul((five << 7) | (five >>> 25), 9)
    const shifted = this.#b << 9
    this.#c ^= this.#a
    this.#d ^= this.#b
    this.#b ^= this.#c
    this.#a ^= this.#d
    this.#c ^= shifted
    this.#d = (this.#d << 11) | (this.#d >>> 21)
    return ((result >>> 0) + 0.5) * UNIT
  }

  /** Exponential with mean 1. */
  exponential(): number {
    return -Math.log(this.uniform())
  }

  /** Normal with mean 0 and deviation 1 (Box and Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(this.uniform())) * Math.cos(2 * Math.PI * this.uniform())
  }

  /** How many events of a Poisson process with the given mean; above 1,000 the normal approximation. */
  poisson(mean: number): number {
    if (mean > 1000) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()))
    let count = 0
    // A product of very many numbers below 1 would be 0: larger means are sums of smaller ones.
    for (let rest = mean; rest > 0; rest -= 16) count += this.#smallPoisson(Math.min(rest, 16))
    return count
  }

  #smallPoisson(mean: number): number {
    const limit = Math.exp(-mean)
    let count = 0
    for (let product = this.uniform(); product > limit; product *= this.uniform()) count++
    return count
  }
}

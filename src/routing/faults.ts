import type { EdgeFault } from '../model/edge.ts'
import type { ComponentKey } from '../model/names.ts'

/** Numbers from 0 up to, and without, 1: the same ones in a row for the same seed. Algorithm: mulberry32. */
export class SeededNumbers {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A fault with its source of randomness. */
export interface ArmedFault {
  readonly fault: EdgeFault
  readonly numbers: SeededNumbers
}

/** The first fault that strikes what comes from `caller`; undefined lets it pass. */
export function strike(faults: readonly ArmedFault[], caller: ComponentKey | undefined): ArmedFault | undefined {
  return faults.find(({ fault, numbers }) => (fault.from === undefined || fault.from === caller) && numbers.next() < fault.share)
}

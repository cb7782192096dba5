import { BODIES, FIELDS, FRAMING, ODD_FIELDS, ODD_STARTS, STARTS } from './parts.ts'

/** A source of numbers that gives the same ones for the same seed: mulberry32. */
export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** From 0 up to, and without, `end`. */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % end
  }

  pick<T>(from: readonly [T, ...T[]]): T {
    return from[this.below(from.length)] ?? from[0]
  }
}

const STATUSES = [
  'HTTP/1.1 200 OK',
  'HTTP/1.0 200 OK',
  'HTTP/1.1 100 Continue',
  'HTTP/1.1 204 No Content',
  'HTTP/1.1 304',
  'HTTP/1.1 2x0 OK',
  'ICY 200 OK',
] as const
/** Bytes that mean something to a parser. */
const SHARP = '\r\n\0 \t:;,"=0123456789abcdefx+-\x7f\x80\xff'

/** A message by the grammar, sometimes with an odd part. */
export function message(dice: Dice, kind: 'request' | 'response'): string {
  const end = (): string => (dice.below(40) === 0 ? dice.pick(['\n', '\r', '\r\r\n']) : '\r\n')
  const start = kind === 'response' ? dice.pick(STATUSES) : dice.below(8) === 0 ? dice.pick(ODD_STARTS) : dice.pick(STARTS)
  let text = start + end()
  if (kind === 'request' && dice.below(20) > 0) text += `Host: h${end()}`
  for (let left = dice.below(5); left > 0; left--) {
    const odd = dice.below(10)
    text += (odd === 0 ? dice.pick(ODD_FIELDS) : odd < 5 ? dice.pick(FRAMING) : dice.pick(FIELDS)) + end()
  }
  return text + end() + dice.pick(BODIES)
}

/** One to three bytes, or slices, of the text are lost, repeated, exchanged or new. */
export function mutate(dice: Dice, text: string): string {
  let mutated = text
  for (let left = dice.below(3) + 1; left > 0; left--) {
    const at = dice.below(mutated.length + 1)
    const to = Math.min(mutated.length, at + 1 + dice.below(dice.below(4) === 0 ? 20 : 1))
    const sharp = SHARP[dice.below(SHARP.length)] ?? ''
    switch (dice.below(5)) {
      case 0:
        mutated = mutated.slice(0, at) + mutated.slice(to)
        break
      case 1:
        mutated = mutated.slice(0, to) + mutated.slice(at, to) + mutated.slice(to)
        break
      case 2:
        mutated = mutated.slice(0, at) + sharp + mutated.slice(at)
        break
      case 3:
        mutated = mutated.slice(0, at) + sharp + mutated.slice(at + 1)
        break
      default:
        mutated = mutated.slice(0, at) + String.fromCharCode(dice.below(256)) + mutated.slice(at + 1)
    }
  }
  return mutated
}

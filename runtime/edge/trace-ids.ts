/**
 * Trace ids for requests that bring none: unlike those of every other edge by its seed, and unlike one another by a counter
 * whose bits are mixed, because samplers take the last ones for random. Source of the form: W3C Trace Context, level 1, 3.2.2.
 */
export class TraceIds {
  readonly #prefix: string
  readonly #key: number
  #count = 0

  constructor(seed: string) {
    this.#key = hash(seed, 0x811c9dc5)
    this.#prefix = hex(hash(seed, this.#key) | 1) + hex(this.#key)
  }

  /** 32 hexadecimal digits in lower case, the last 16 of which serve as the id of the parent. */
  readonly next = (): string => {
    const count = this.#count++
    // Multiplying by an odd number and adding keep numbers apart, so that no two are the same.
    const left = Math.imul(count, 0x9e3779b1) + this.#key
    return this.#prefix + hex(left) + hex(mix(left) | 1)
  }
}

/** FNV-1a of 32 bits over the characters. */
function hash(text: string, start: number): number {
  let value = start
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  return mix(value)
}

/** Spreads each bit over all. Source: the finaliser of MurmurHash3, 32 bits. */
function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}

/** Three digits of every number of 12 bits: looking up is a third of what formatting costs. */
const DIGITS = Array.from({ length: 4096 }, (_, value) => value.toString(16).padStart(3, '0'))

/** Eight digits. */
function hex(value: number): string {
  const last = DIGITS[value & 0xff] ?? ''
  return `${DIGITS[value >>> 20]}${DIGITS[(value >>> 8) & 0xfff]}${last.slice(1)}`
}

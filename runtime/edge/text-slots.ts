/** Bytes of a slot: a method, a host, a path and two ids fit nearly always. */
const SLOT = 512

/**
 * A fixed number of texts in bytes of their own. A string that is kept for a while is copied by the garbage collector time and again, and
 * keeps what it was cut from: of a thousand requests, a twentieth of the time of a busy edge (measured).
 */
export class TextSlots {
  readonly #bytes: Buffer
  readonly #lengths: Uint16Array
  /** Texts that are longer than a slot. */
  readonly #long = new Map<number, Buffer>()

  constructor(count: number) {
    this.#bytes = Buffer.allocUnsafeSlow(count * SLOT)
    this.#lengths = new Uint16Array(count)
  }

  /** Keeps a text of characters of Latin-1, as heads are made of. */
  set(slot: number, text: string): void {
    const { length } = text
    if (this.#long.size > 0) this.#long.delete(slot)
    if (length > SLOT) {
      this.#long.set(slot, Buffer.from(text, 'latin1'))
      return
    }
    this.#lengths[slot] = length
    this.#bytes.write(text, slot * SLOT, 'latin1')
  }

  get(slot: number): string {
    const long = this.#long.get(slot)
    if (long !== undefined) return long.toString('latin1')
    const start = slot * SLOT
    return this.#bytes.toString('latin1', start, start + (this.#lengths[slot] ?? 0))
  }
}

/** First in, first out, for numbers: a ring that grows. */
export class NumberQueue {
  #ring = new Float64Array(64)
  #head = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  /** The oldest; infinite when there is none. */
  get first(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : (this.#ring[this.#head] as number)
  }

  push(value: number): void {
    if (this.#size === this.#ring.length) {
      const larger = new Float64Array(this.#ring.length * 2)
      for (let index = 0; index < this.#size; index++) larger[index] = this.#ring[(this.#head + index) & (this.#ring.length - 1)] as number
      this.#ring = larger
      this.#head = 0
    }
    this.#ring[(this.#head + this.#size++) & (this.#ring.length - 1)] = value
  }

  /** Removes the oldest. */
  shift(): number {
    const value = this.first
    if (this.#size > 0) {
      this.#head = (this.#head + 1) & (this.#ring.length - 1)
      this.#size--
    }
    return value
  }
}

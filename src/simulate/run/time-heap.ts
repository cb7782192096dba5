/** A queue by time on plain number arrays: a time with two numbers, the earliest first. */
export class TimeHeap {
  #times = new Float64Array(16)
  #lefts = new Int32Array(16)
  #rights = new Float64Array(16)
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Infinite when there is nothing. */
  get time(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : (this.#times[0] as number)
  }

  /** The first number of the earliest. */
  get left(): number {
    return this.#lefts[0] as number
  }

  /** The second number of the earliest. */
  get right(): number {
    return this.#rights[0] as number
  }

  push(time: number, left: number, right: number): void {
    if (this.#size === this.#times.length) this.#grow()
    const times = this.#times
    const lefts = this.#lefts
    const rights = this.#rights
    let at = this.#size++
    while (at > 0) {
      const parent = (at - 1) >> 1
      if ((times[parent] as number) <= time) break
      times[at] = times[parent] as number
      lefts[at] = lefts[parent] as number
      rights[at] = rights[parent] as number
      at = parent
    }
    times[at] = time
    lefts[at] = left
    rights[at] = right
  }

  /** Removes the earliest. */
  pop(): void {
    const size = --this.#size
    if (size <= 0) {
      this.#size = 0
      return
    }
    const times = this.#times
    const lefts = this.#lefts
    const rights = this.#rights
    const time = times[size] as number
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= size) break
      if (child + 1 < size && (times[child + 1] as number) < (times[child] as number)) child++
      if ((times[child] as number) >= time) break
      times[at] = times[child] as number
      lefts[at] = lefts[child] as number
      rights[at] = rights[child] as number
      at = child
    }
    times[at] = time
    lefts[at] = lefts[size] as number
    rights[at] = rights[size] as number
  }

  #grow(): void {
    const size = this.#times.length * 2
    const [times, lefts, rights] = [new Float64Array(size), new Int32Array(size), new Float64Array(size)]
    times.set(this.#times)
    lefts.set(this.#lefts)
    rights.set(this.#rights)
    this.#times = times
    this.#lefts = lefts
    this.#rights = rights
  }
}

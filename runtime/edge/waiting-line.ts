/** Those who wait, first come first served; leaving from anywhere costs the same however many wait. */
export class WaitingLine<T> {
  #line: (T | undefined)[] = []
  #first = 0
  readonly #places = new Map<T, number>()
  /** Index of `#line[0]` in the whole history, so that places stay valid when served ones are forgotten. */
  #forgotten = 0

  get size(): number {
    return this.#places.size
  }

  add(who: T): void {
    this.#places.set(who, this.#forgotten + this.#line.length)
    this.#line.push(who)
  }

  leave(who: T): void {
    const place = this.#places.get(who)
    if (place === undefined) return
    this.#places.delete(who)
    this.#line[place - this.#forgotten] = undefined
    if (this.#places.size === 0) this.#forget()
  }

  next(): T | undefined {
    if (this.#places.size === 0) return undefined
    while (this.#first < this.#line.length) {
      const who = this.#line[this.#first]
      this.#line[this.#first] = undefined
      this.#first++
      if (who === undefined) continue
      this.#places.delete(who)
      this.#forget()
      return who
    }
    return undefined
  }

  /** Gives up the part that was served, when it is the larger one. */
  #forget(): void {
    if (this.#places.size === 0) this.#first = this.#line.length
    else if (this.#first < 1024 || this.#first * 2 < this.#line.length) return
    this.#forgotten += this.#first
    this.#line = this.#line.slice(this.#first)
    this.#first = 0
  }
}

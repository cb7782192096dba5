/** The places of a replica that works on a few requests at once, first come first served: when each will be free. */
export class Servers {
  readonly #free: Float64Array

  constructor(count: number) {
    this.#free = new Float64Array(count)
  }

  /** Gives the place that is free first to something that comes now and takes so long. Returns when it will be done. */
  take(now: number, duration: number): number {
    const free = this.#free
    const done = Math.max(now, free[0] as number) + duration
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= free.length) break
      if (child + 1 < free.length && (free[child + 1] as number) < (free[child] as number)) child++
      if ((free[child] as number) >= done) break
      free[at] = free[child] as number
      at = child
    }
    free[at] = done
    return done
  }
}

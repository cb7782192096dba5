import type { ActionName } from '../model/step.ts'

/**
 * How many steps of a kind run at once; kinds without a limit are not listed. Source: design, section 7, but builds as pulls, since both mostly
 * wait for a network, and one sandbox less: an engine makes networks one after the other, and the edge that is made meanwhile must get its turn.
 */
const LIMITS: Partial<Readonly<Record<ActionName, number>>> = { pullImage: 3, buildImage: 3, startReplica: 6, prepareSandbox: 3 }

/** Bounded concurrency per kind of step, first come first served. */
export class Slots {
  readonly #busy = new Map<ActionName, number>()
  readonly #waiting = new Map<ActionName, (() => void)[]>()

  async take(kind: ActionName, signal: AbortSignal): Promise<Disposable> {
    const limit = LIMITS[kind]
    if (limit === undefined) return { [Symbol.dispose]: () => {} }
    if ((this.#busy.get(kind) ?? 0) >= limit) await this.#queue(kind, signal)
    else this.#busy.set(kind, (this.#busy.get(kind) ?? 0) + 1)
    return { [Symbol.dispose]: () => this.#free(kind) }
  }

  #queue(kind: ActionName, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const list = this.#waiting.get(kind) ?? []
      this.#waiting.set(kind, list)
      const enter = (): void => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = (): void => {
        list.splice(list.indexOf(enter), 1)
        reject(signal.reason)
      }
      if (signal.aborted) return reject(signal.reason)
      list.push(enter)
      signal.addEventListener('abort', leave, { once: true })
    })
  }

  /** Hands the place to the next in line, so that the count never dips in between. */
  #free(kind: ActionName): void {
    const next = this.#waiting.get(kind)?.shift()
    if (next !== undefined) next()
    else this.#busy.set(kind, (this.#busy.get(kind) ?? 1) - 1)
  }
}

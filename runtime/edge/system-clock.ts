import type { Clock } from '../../src/kernel/clock.ts'
import { after, type Instant, instant, type Millis } from '../../src/kernel/instant.ts'

/** Longest delay of a Node timer; longer ones are made of several. */
const MAX_DELAY: Millis = 2 ** 31 - 1

/** The edge's only access to time: epoch milliseconds that never go back and keep their fractions. */
export class SystemClock implements Clock {
  /** Never changes; asking for it costs more than the time itself. */
  readonly #origin = performance.timeOrigin

  now(): Instant {
    return instant(this.#origin + performance.now())
  }

  sleep(duration: Millis, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason)
      const abort = (): void => {
        timer[Symbol.dispose]()
        reject(signal?.reason)
      }
      const timer = this.at(after(this.now(), duration), () => {
        signal?.removeEventListener('abort', abort)
        resolve()
      })
      signal?.addEventListener('abort', abort, { once: true })
    })
  }

  at(when: Instant, run: () => void): Disposable {
    let timer: NodeJS.Timeout
    const arm = (): void => {
      const left = when - this.now()
      timer = left > MAX_DELAY ? setTimeout(arm, MAX_DELAY) : setTimeout(run, Math.max(0, Math.ceil(left)))
    }
    arm()
    return { [Symbol.dispose]: () => clearTimeout(timer) }
  }
}

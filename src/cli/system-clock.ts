import type { Clock } from '../kernel/clock.ts'
import { type Instant, instant, type Millis } from '../kernel/instant.ts'

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => instant(Date.now()),
  at: (when: Instant, run: () => void): Disposable => {
    const timer = setTimeout(run, Math.max(0, when - Date.now()))
    return { [Symbol.dispose]: () => clearTimeout(timer) }
  },
  sleep: (duration: Millis, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason)
      const abort = (): void => {
        clearTimeout(timer)
        reject(signal?.reason)
      }
      const timer = setTimeout(
        () => {
          signal?.removeEventListener('abort', abort)
          resolve()
        },
        Math.max(0, duration),
      )
      signal?.addEventListener('abort', abort, { once: true })
    }),
}

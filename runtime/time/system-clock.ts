import type { Clock } from '../../src/kernel/clock.ts'
import { type Instant, instant, type Millis } from '../../src/kernel/instant.ts'

/** Longest delay a timer of Node takes; longer waits are cut into pieces. */
const MAX_DELAY: Millis = 2_147_483_647

/** The wall clock: the only place of the daemon that reads the date and sets timers. */
export const systemClock: Clock = {
  now: () => instant(Date.now()),
  at,
  sleep(duration, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason)
      // The next turn; a timer of Node takes a millisecond at least, and a virtual clock waits a turn for each of its own.
      if (duration === 0) {
        setImmediate(resolve)
        return
      }
      const timer = at(instant(Date.now() + Math.max(0, duration)), () => {
        signal?.removeEventListener('abort', abort)
        resolve()
      })
      const abort = (): void => {
        timer[Symbol.dispose]()
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', abort, { once: true })
    })
  },
}

function at(when: Instant, run: () => void): Disposable {
  let timer: NodeJS.Timeout
  const arm = (): void => {
    const rest = when - Date.now()
    timer = rest > MAX_DELAY ? setTimeout(arm, MAX_DELAY) : setTimeout(run, Math.max(0, rest))
  }
  arm()
  return { [Symbol.dispose]: () => clearTimeout(timer) }
}

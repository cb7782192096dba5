import type { Clock } from './clock.ts'
import { after, type Millis } from './instant.ts'

/** Runs something with a signal that aborts after the duration of the given clock. */
export async function withTimeLimit<T>(clock: Clock, duration: Millis, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const limit = new AbortController()
  const timer = clock.at(after(clock.now(), duration), () => limit.abort(new DOMException(`not done after ${duration} ms`, 'TimeoutError')))
  try {
    return await run(limit.signal)
  } finally {
    timer[Symbol.dispose]()
  }
}

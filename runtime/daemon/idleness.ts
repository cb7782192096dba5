import type { Clock } from '../../src/kernel/clock.ts'
import { after, type Millis } from '../../src/kernel/instant.ts'

export interface IdlenessOptions {
  readonly clock: Clock
  /** How long there must be neither an application nor a client. */
  readonly idleMs: Millis
  readonly hasWork: () => boolean
  readonly onIdle: () => void
}

/** Notices that nobody has needed the daemon for a while. */
export interface Idleness extends Disposable {
  readonly clients: number
  clientPresent(): Disposable
  /** Looks again: work came or went. */
  review(): void
}

export function createIdleness({ clock, idleMs, hasWork, onIdle }: IdlenessOptions): Idleness {
  let clients = 0
  let timer: Disposable | undefined
  let over = false

  const cancel = (): void => {
    timer?.[Symbol.dispose]()
    timer = undefined
  }
  const review = (): void => {
    cancel()
    if (over || clients > 0 || hasWork()) return
    timer = clock.at(after(clock.now(), idleMs), () => {
      timer = undefined
      if (clients === 0 && !hasWork()) onIdle()
    })
  }
  return {
    get clients() {
      return clients
    },
    clientPresent() {
      clients++
      cancel()
      let gone = false
      return {
        [Symbol.dispose]() {
          if (gone) return
          gone = true
          clients--
          review()
        },
      }
    },
    review,
    [Symbol.dispose]() {
      over = true
      cancel()
    },
  }
}

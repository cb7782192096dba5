import type { Clock } from '../../src/kernel/clock.ts'
import { after, type Millis } from '../../src/kernel/instant.ts'
import type { SessionDesk, SessionSeat } from '../api/api-ports.ts'

/** How long the applications of a foreground client outlive it. Source: design, section 15. */
const SESSION_GRACE_MS: Millis = 10_000

export interface SessionBookOptions {
  readonly clock: Clock
  /** Ends the applications of a session whose client is lost. */
  readonly endSession: (session: string) => Promise<void>
  readonly onError: (error: unknown, session: string) => void
}

export interface SessionBook extends SessionDesk, Disposable {}

/** Counts the sockets of each foreground session and ends the session when the last one was lost and none comes back. */
export function createSessionBook({ clock, endSession, onError }: SessionBookOptions): SessionBook {
  const seats = new Map<string, number>()
  const lost = new Map<string, Disposable>()

  const forget = (session: string): void => {
    lost.get(session)?.[Symbol.dispose]()
    lost.delete(session)
  }
  const countDown = (session: string): void => {
    forget(session)
    const end = (): void => {
      lost.delete(session)
      endSession(session).catch((error: unknown) => onError(error, session))
    }
    lost.set(session, clock.at(after(clock.now(), SESSION_GRACE_MS), end))
  }
  const vacate = (session: string): number => {
    const left = (seats.get(session) ?? 1) - 1
    if (left > 0) seats.set(session, left)
    else seats.delete(session)
    return left
  }

  return {
    expect(session) {
      if (!seats.has(session)) countDown(session)
    },
    connect(session): SessionSeat {
      forget(session)
      seats.set(session, (seats.get(session) ?? 0) + 1)
      return {
        leave: () => void vacate(session),
        drop: () => {
          if (vacate(session) <= 0) countDown(session)
        },
      }
    },
    [Symbol.dispose]() {
      for (const timer of lost.values()) timer[Symbol.dispose]()
      lost.clear()
    },
  }
}

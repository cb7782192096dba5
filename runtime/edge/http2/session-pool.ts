import type { Clock } from '../../../src/kernel/clock.ts'
import { after, type Instant, type Millis } from '../../../src/kernel/instant.ts'
import type { OtherPool, Upstream } from '../upstream.ts'
import { type SessionOwner, UpstreamSession } from './upstream-session.ts'

export type { UpstreamSession } from './upstream-session.ts'

/** As for connections of HTTP/1: see `upstream.ts`. */
const CONNECT_TIMEOUT_MS: Millis = 2000
const IDLE_MS: Millis = 60_000
/** A server that accepted a connection has this long to say that it speaks HTTP/2: it may be busy. */
const SETTINGS_TIMEOUT_MS: Millis = 10_000
/** A replica that spoke no HTTP/2 is not asked again for so long, unless something shows that it is another program now. */
const NOT_HTTP2_MS: Millis = 600_000
/** A server takes 100 calls a session at least, or says why it does not. */
const MAX_SESSIONS = 256

/** Why there is no session: the replica was not reached, or does not speak HTTP/2. */
export type NoSession = { readonly kind: 'unreachable' | 'not-http2'; readonly reason: string }

/** A call that wants to be carried over a session. */
export interface SessionUser {
  onSession(session: UpstreamSession): void
  onNoSession(why: NoSession): void
}

/** The HTTP/2 sessions to one port of one replica: one is enough until the server limits the calls at once. */
export class SessionPool implements OtherPool, SessionOwner {
  readonly #upstream: Upstream
  readonly #clock: Clock
  readonly #sessions = new Set<UpstreamSession>()
  readonly #opening = new Map<UpstreamSession, Disposable>()
  readonly #waiting = new Set<SessionUser>()
  #closed = false
  #notHttp2Until: Instant | undefined

  constructor(upstream: Upstream, clock: Clock) {
    this.#upstream = upstream
    this.#clock = clock
  }

  static of(upstream: Upstream, clock: Clock): SessionPool {
    if (upstream.http2 instanceof SessionPool) return upstream.http2
    const pool = new SessionPool(upstream, clock)
    upstream.http2 = pool
    return pool
  }

  /** The replica was found to speak HTTP/1 only. */
  get onlyHttp1(): boolean {
    return this.#notHttp2Until !== undefined && this.#clock.now() < this.#notHttp2Until
  }

  /** The replica may be another program now. */
  forget(): void {
    this.#notHttp2Until = undefined
  }

  /** Calls `onSession` at once when a session takes one more call, else when one is open or has room again. */
  acquire(user: SessionUser): void {
    const session = this.#withRoom()
    if (session !== undefined) {
      this.#give(session, user)
      return
    }
    this.#waiting.add(user)
    if (this.#opening.size === 0 && this.#sessions.size < MAX_SESSIONS) this.#open()
  }

  abandon(user: SessionUser): void {
    this.#waiting.delete(user)
  }

  onReleased(session: UpstreamSession): void {
    this.#serve()
    if (session.open > 0) return
    session.idleSince = this.#clock.now()
    if (this.#closed) session.close()
  }

  close(): void {
    this.#closed = true
    for (const session of this.#sessions) if (session.open === 0) session.close()
  }

  reopen(): void {
    this.#closed = false
  }

  sweep(): void {
    const now = this.#clock.now()
    for (const session of this.#sessions) {
      if (session.open === 0 && now - (session.idleSince ?? now) > IDLE_MS) session.close()
      else session.look()
    }
  }

  onReady(session: UpstreamSession): void {
    this.#settle(session)
    this.forget()
    session.idleSince = this.#clock.now()
    this.#sessions.add(session)
    this.#serve()
    if (this.#waiting.size > 0 && this.#sessions.size < MAX_SESSIONS) this.#open()
    if (this.#closed && session.open === 0) session.close()
  }

  onClosed(session: UpstreamSession): void {
    if (this.#sessions.delete(session)) {
      if (this.#waiting.size > 0 && this.#opening.size === 0) this.#open()
      return
    }
    this.#settle(session)
    const why: NoSession = session.answered
      ? { kind: 'not-http2', reason: `it does not speak HTTP/2 without TLS (${session.broken ?? 'closed'})` }
      : { kind: 'unreachable', reason: session.broken ?? 'closed' }
    if (session.answered) this.#notHttp2Until = after(this.#clock.now(), NOT_HTTP2_MS)
    const users = [...this.#waiting]
    this.#waiting.clear()
    for (const user of users) user.onNoSession(why)
  }

  #open(): void {
    const session = new UpstreamSession(this.#upstream, this)
    const clock = this.#clock
    const connected = clock.at(after(clock.now(), CONNECT_TIMEOUT_MS), () => {
      if (session.session.connecting) session.destroy(`no connection within ${CONNECT_TIMEOUT_MS} ms`)
      else {
        const settled = clock.at(after(clock.now(), SETTINGS_TIMEOUT_MS), () => {
          session.destroy(`no settings within ${SETTINGS_TIMEOUT_MS} ms`)
        })
        this.#opening.set(session, settled)
      }
    })
    this.#opening.set(session, connected)
  }

  #settle(session: UpstreamSession): void {
    this.#opening.get(session)?.[Symbol.dispose]()
    this.#opening.delete(session)
  }

  #withRoom(): UpstreamSession | undefined {
    for (const session of this.#sessions) if (session.room > 0) return session
    return undefined
  }

  #give(session: UpstreamSession, user: SessionUser): void {
    session.open++
    user.onSession(session)
  }

  #serve(): void {
    for (const user of this.#waiting) {
      const session = this.#withRoom()
      if (session === undefined) return
      this.#waiting.delete(user)
      this.#give(session, user)
    }
  }
}

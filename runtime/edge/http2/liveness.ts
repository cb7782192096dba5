/** After so many looks at an unchanged connection it is asked for a sign of life. */
const QUIET_LOOKS = 6

/** What is looked at: a socket, and the session of node:http2 that uses it. */
export interface WatchedSession {
  readonly session: { ping(callback: () => void): boolean; destroy(): void }
  readonly socket: { readonly bytesRead: number; readonly bytesWritten: number }
}

/**
 * Finds sessions that are dead without anybody having been told: after some errors of the other side (frames that are too long,
 * bad header compression) node:http2 reads no more, sends nothing more, and hears of no end of the connection. A session that
 * cannot even write a PING is one; a client that only sleeps (in a debugger, say) is none, since its system takes the bytes.
 */
export class Liveness {
  readonly #watched: WatchedSession
  #moved = -1
  #quiet = 0

  constructor(watched: WatchedSession) {
    this.#watched = watched
  }

  /** To be called with every sweep. */
  look(): void {
    const { session, socket } = this.#watched
    const moved = socket.bytesRead + socket.bytesWritten
    if (moved !== this.#moved) {
      this.#moved = moved
      this.#quiet = 0
      return
    }
    this.#quiet++
    // A ping is refused while too many are unanswered: then it was possible to write those, and nothing more is learnt.
    if (this.#quiet === QUIET_LOOKS) this.#quiet = session.ping(() => {}) ? QUIET_LOOKS : 0
    else if (this.#quiet > QUIET_LOOKS) session.destroy()
  }
}

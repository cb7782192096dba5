import type { Socket } from 'node:net'
import type { Instant, Millis } from '../../src/kernel/instant.ts'

/**
 * Whether more writing should wait for `drain`. A large write that the kernel took at once also asks for `drain`, but
 * leaves nothing behind; a small one that it did not take leaves bytes, but will not send `drain`.
 */
export function isFull(socket: Socket): boolean {
  return socket.writableLength > 0 && socket.writableNeedDrain
}

/** How long a count has not changed, seen by somebody who looks at it now and then: nothing is done while bytes move. */
export class Standstill {
  #count = -1
  #since: Instant | undefined

  /** Whether the count has been the same since a look that is at least so long ago. */
  lasts(limitMs: Millis, count: number, now: Instant): boolean {
    if (count !== this.#count || this.#since === undefined) {
      this.#count = count
      this.#since = now
      return false
    }
    return now - this.#since >= limitMs
  }
}

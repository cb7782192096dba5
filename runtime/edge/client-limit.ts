import type { Code } from '../../src/kernel/diagnostic.ts'
import type { Answer } from './backend.ts'
import type { EdgeContext } from './context.ts'
import { clientLimit } from './descriptors.ts'

const TOO_MANY: Code = 'MP6032'
/** As many clients beyond the limit get an answer that says so; more than those are cut without one. */
const TURNED_AWAY_AT_ONCE = 256

/** How many clients may be connected, and what further ones are told. */
export class ClientLimit {
  readonly #context: EdgeContext
  readonly #most: number
  /** Said since there was room last. */
  #said = false

  constructor(context: EdgeContext) {
    this.#context = context
    this.#most = context.maxClients ?? clientLimit()
  }

  isReached(clients: number): boolean {
    return clients >= this.#most
  }

  /** For a client beyond the limit; undefined when it is cut without a word. */
  refuse(clients: number): Answer | undefined {
    const limit = this.#most
    if (!this.#said) this.#context.log.log('warn', 'too many clients are connected: further ones are refused', { code: TOO_MANY, limit })
    this.#said = true
    if (clients >= limit + TURNED_AWAY_AT_ONCE) return undefined
    return { status: 503, reason: `the edge serves ${limit} clients already (${TOO_MANY})`, retryAfterMs: 1000 }
  }

  /** A client has gone. */
  left(clients: number): void {
    if (clients < this.#most) this.#said = false
  }
}

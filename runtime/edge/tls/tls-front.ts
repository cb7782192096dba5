import type { Socket } from 'node:net'
import type { EdgeListener } from '../../../src/model/edge.ts'
import type { OpenListener } from '../bound-listeners.ts'
import type { EdgeContext } from '../context.ts'
import { CertificateSet } from './certificate-set.ts'
import { Handshake, type HandshakeHooks } from './handshake.ts'

/** Begins handshakes with the certificates that the table in force has for a listener. */
export class TlsFront {
  readonly #context: EdgeContext
  readonly #sets = new WeakMap<OpenListener, { readonly of: EdgeListener['tls']; readonly set: CertificateSet }>()

  constructor(context: EdgeContext) {
    this.#context = context
  }

  open(socket: Socket, listener: OpenListener, hooks: Pick<HandshakeHooks, 'onSecure' | 'onClosed'>): Handshake {
    return new Handshake(socket, { ...hooks, clock: this.#context.clock, find: (name) => this.#setOf(listener).find(name) })
  }

  #setOf(listener: OpenListener): CertificateSet {
    const { tls } = listener.spec
    const known = this.#sets.get(listener)
    if (known !== undefined && known.of === tls) return known.set
    const set = new CertificateSet(tls?.certificates ?? [], this.#context.log, known?.set)
    this.#sets.set(listener, { of: tls, set })
    return set
  }
}

import { createSecureContext, type SecureContext } from 'node:tls'
import type { Logger } from '../../../src/kernel/logger.ts'
import type { EdgeCertificate } from '../../../src/model/edge.ts'

/** Source: RFC 8996: TLS 1.0 and 1.1 must not be used. */
const MIN_VERSION = 'TLSv1.2'

/** The certificates of one listener, found by the name that a client asks for. */
export class CertificateSet {
  readonly #exact = new Map<string, SecureContext>()
  readonly #wildcards = new Map<string, SecureContext>()
  /** By the text of chain and key: a context that stays keeps the sessions that clients resume. */
  readonly #contexts = new Map<string, SecureContext>()
  #fallback: SecureContext | undefined

  constructor(certificates: readonly EdgeCertificate[], log: Logger, before?: CertificateSet) {
    for (const { hosts, pair } of certificates) {
      if (pair === undefined) continue
      const text = `${pair.chain}\n${pair.key}`
      const context = before?.known(text) ?? makeContext(pair, hosts, log)
      if (context === undefined) continue
      this.#contexts.set(text, context)
      this.#fallback ??= context
      for (const host of hosts) this.#place(host, context)
    }
    if (this.#fallback === undefined) log.log('warn', 'there is no certificate that can be shown: connections over TLS are ended', {})
  }

  /** The context for a server name, or for a client that names none; undefined when there is no certificate at all. */
  find(name: string | undefined): SecureContext | undefined {
    if (name === undefined || name === '') return this.#fallback
    const host = name.toLowerCase()
    return this.#exact.get(host) ?? this.#wildcards.get(host.slice(host.indexOf('.') + 1)) ?? this.#fallback
  }

  /** A context that was made before. */
  known(text: string): SecureContext | undefined {
    return this.#contexts.get(text)
  }

  #place(host: string, context: SecureContext): void {
    const [map, name] = host.startsWith('*.') ? [this.#wildcards, host.slice(2)] : [this.#exact, host]
    // The first certificate for a name wins, as the first route for a host does.
    if (!map.has(name)) map.set(name, context)
  }
}

function makeContext(
  { chain, key }: NonNullable<EdgeCertificate['pair']>,
  hosts: readonly string[],
  log: Logger,
): SecureContext | undefined {
  try {
    return createSecureContext({ cert: chain, key, minVersion: MIN_VERSION })
  } catch (error) {
    log.log('warn', 'a certificate cannot be used', { hosts: hosts.join(', '), reason: String(error) })
    return undefined
  }
}

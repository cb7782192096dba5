import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { issueCertificate, makeAuthority } from '../../../runtime/certificates/certificate.ts'
import { systemClock } from '../../../runtime/time/system-clock.ts'
import type { EdgeCertificate, EdgeListener } from '../../../src/model/edge.ts'

const DAY = 86_400_000

/** The authority that clients of these tests trust. */
export const authority = makeAuthority('minipaas authority of a test', systemClock.now(), 30 * DAY)

/** A certificate for the hosts, as the control core would send it. */
export function aCertificate(...hosts: readonly string[]): EdgeCertificate {
  const { certificate, key } = issueCertificate(authority, hosts, systemClock.now(), DAY)
  return { hosts, pair: { chain: certificate + authority.certificate, key } }
}

export function tlsListenerOf(...certificates: readonly EdgeCertificate[]): EdgeListener {
  return { id: 'web-tls', host: '127.0.0.1', port: 0, taken: 'next', serve: { by: 'routes' }, tls: { certificates } }
}

/** A secure connection once its handshake is over; verified against the authority unless told otherwise. */
export function secureConnection(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const settings = { host: '127.0.0.1', port, ca: authority.certificate, servername: 'web.shop.localhost', ...options }
    const socket: TLSSocket = connect(settings, () => resolve(socket))
    socket.once('error', reject)
  })
}

import { createPrivateKey, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type { CertificateSource, Certified } from '../../src/control/ports.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import type { Millis } from '../../src/kernel/instant.ts'
import type { CertificatePair, EdgeCertificate } from '../../src/model/edge.ts'
import { ensureAuthority, readAuthority } from './authority.ts'
import { type Issued, type Issuer, issueCertificate, PERMITTED_NAMES } from './certificate.ts'

const DAY_MS: Millis = 86_400_000
/** Source: Apple and the CA/Browser Forum, which refuse more than 398 days. */
const LIFETIME_MS: Millis = 365 * DAY_MS
const RENEWED_MS: Millis = 30 * DAY_MS
const LOOPBACK = ['127.0.0.1', '::1']
const NAME = /^(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/

/** Certificates of the local authority of a state directory. Keys of servers are kept in memory only, and in the edge's own table. */
export class LocalCertificates implements CertificateSource {
  readonly #home: string
  readonly #clock: Clock
  readonly #issued = new Map<string, Issued>()
  #issuer: Issuer | undefined

  constructor(home: string, clock: Clock) {
    this.#home = home
    this.#clock = clock
  }

  get hasAuthority(): boolean {
    return readAuthority(this.#home, this.#clock.now()) !== undefined
  }

  certify(order: EdgeCertificate, given: CertificatePair | undefined): Certified {
    const problem = given === undefined ? undefined : this.#refuse(given)
    if (given !== undefined && problem === undefined) return { certificates: [{ ...order, pair: given }] }
    const hosts = order.hosts.filter((host) => NAME.test(host) && host.length <= 253)
    const [inside, outside] = [hosts.filter(isPermitted), hosts.filter((host) => !isPermitted(host))]
    const certificates = [{ ...order, hosts: inside, pair: this.#issue(inside) }]
    // One name that the authority may not vouch for would spoil the certificate for all others.
    if (outside.length > 0) certificates.push({ ...order, hosts: outside, pair: this.#issue(outside) })
    return { certificates, ...(problem === undefined ? {} : { problem }) }
  }

  #issue(names: readonly string[]): CertificatePair {
    const now = this.#clock.now()
    this.#issuer = ensureAuthority(this.#home, now)
    const addresses = names.length === 0 || names.includes('localhost') ? LOOPBACK : []
    const hosts = [...(names.length === 0 ? ['localhost'] : names), ...addresses]
    const id = `${this.#issuer.name} ${hosts.join(' ')}`
    let issued = this.#issued.get(id)
    if (issued === undefined || issued.notAfter - now < RENEWED_MS) {
      issued = issueCertificate(this.#issuer, hosts, now, LIFETIME_MS)
      this.#issued.set(id, issued)
    }
    return { chain: issued.certificate + this.#issuer.certificate, key: issued.key }
  }

  /** Why a Secret's certificate cannot be shown. */
  #refuse({ chain, key }: CertificatePair): string | undefined {
    try {
      return new X509Certificate(chain).checkPrivateKey(createPrivateKey(key)) ? undefined : 'tls.key does not belong to tls.crt'
    } catch (error) {
      return `tls.crt and tls.key are no certificate and key in PEM (${error instanceof Error ? error.message : String(error)})`
    }
  }
}

function isPermitted(host: string): boolean {
  const name = host.replace(/^\*\./, '')
  if (isIP(host) !== 0) return host.startsWith('127.')
  return PERMITTED_NAMES.some((permitted) => name === permitted || name.endsWith(`.${permitted}`))
}

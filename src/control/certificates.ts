import { type SecretValues, secretKey } from '../model/app-model.ts'
import type { CertificatePair, EdgeCertificate, EdgeListener, EdgeTable } from '../model/edge.ts'
import type { TlsSecret } from '../model/route.ts'
import type { CertificateSource } from './ports.ts'

export interface CertificatePorts {
  readonly source: CertificateSource | undefined
  readonly secrets: () => SecretValues
  /** A certificate that could not be had: what is shown instead, and why. */
  readonly warn: (text: string) => void
}

/** Fills in certificates and keys, at the last moment before a table is sent: they are never part of the state. */
export function addCertificates<T extends Pick<EdgeTable, 'listeners'>>(table: T, ports: CertificatePorts): T {
  if (table.listeners.every((listener) => listener.tls === undefined)) return table
  return { ...table, listeners: table.listeners.map((listener) => certifyListener(listener, ports)) }
}

function certifyListener(listener: EdgeListener, ports: CertificatePorts): EdgeListener {
  if (listener.tls === undefined) return listener
  return { ...listener, tls: { certificates: listener.tls.certificates.flatMap((order) => certify(order, ports)) } }
}

function certify(order: EdgeCertificate, { source, secrets, warn }: CertificatePorts): readonly EdgeCertificate[] {
  if (source === undefined) return [order]
  const given = order.secret === undefined ? undefined : pairOf(order.secret, secrets())
  try {
    const { certificates, problem } = source.certify(order, given)
    const name = `Secret ${order.secret?.namespace}/${order.secret?.name}`
    if (problem !== undefined) warn(`${name}: ${problem}; the local authority's certificate is shown instead`)
    return certificates
  } catch (error) {
    warn(`there is no certificate for ${order.hosts.join(', ')}: ${error instanceof Error ? error.message : String(error)}`)
    return []
  }
}

/** Source: Kubernetes, Secret type kubernetes.io/tls. */
function pairOf({ namespace, name }: TlsSecret, secrets: SecretValues): CertificatePair | undefined {
  const chain = secrets.get(secretKey({ namespace, secret: name, key: 'tls.crt' }))
  const key = secrets.get(secretKey({ namespace, secret: name, key: 'tls.key' }))
  return chain === undefined || key === undefined ? undefined : { chain, key }
}

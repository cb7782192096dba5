import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { isIP, isIPv4 } from 'node:net'
import { after, type Instant, type Millis } from '../../src/kernel/instant.ts'
import { bits, integer, numbered, octets, oid, sequence, set, time, utf8, yes } from './der.ts'

/** Clocks of other machines (the engine's virtual machine) may be behind. */
const BEFORE_MS: Millis = 86_400_000
/** Source: RFC 5758, 3.2 (ecdsa-with-SHA256, no parameters). */
const SIGNATURE = sequence(oid('1.2.840.10045.4.3.2'))
const ORGANISATION = 'minipaas'

/**
 * Names that an authority may vouch for: nobody owns them on the internet, so that its key, in wrong hands, opens no other site.
 * Source: RFC 6761, 6.2 to 6.5.
 */
export const PERMITTED_NAMES: readonly string[] = ['localhost', 'test', 'example', 'example.com', 'example.net', 'example.org']

/** A certificate with its private key, both PEM. */
export interface Issued {
  readonly certificate: string
  readonly key: string
  readonly notAfter: Instant
}

/** Who signs. */
export interface Issuer extends Issued {
  /** Common name of its subject. */
  readonly name: string
}

/** A new authority that signs itself, for certificates of `PERMITTED_NAMES` and of the loopback addresses. */
export function makeAuthority(name: string, now: Instant, lastsMs: Millis): Issuer {
  const { privateKey, publicKey } = newKey()
  const notAfter = after(now, lastsMs)
  const certificate = signed({
    issuer: name,
    subject: name,
    signer: privateKey,
    publicKey,
    now,
    notAfter,
    extensions: [
      extension('2.5.29.19', 'critical', sequence(yes(), integer(Buffer.from([0])))), // basicConstraints: an authority of no others
      extension('2.5.29.15', 'critical', bits(Buffer.from([0b0000_0110]), 1)), // keyUsage: keyCertSign, cRLSign
      extension('2.5.29.14', 'plain', octets(keyId(publicKey))),
      extension('2.5.29.30', 'critical', sequence(numbered(0, 'whole', ...permitted()))),
    ],
  })
  return { name, certificate, key: privateKey, notAfter }
}

/** A certificate of a server for host names (`*.suffix` too) and addresses. */
export function issueCertificate(issuer: Issuer, hosts: readonly string[], now: Instant, lastsMs: Millis): Issued {
  const { privateKey, publicKey } = newKey()
  const notAfter = Math.min(after(now, lastsMs), issuer.notAfter) as Instant
  const certificate = signed({
    issuer: issuer.name,
    subject: 'minipaas edge',
    signer: issuer.key,
    publicKey,
    now,
    notAfter,
    extensions: [
      extension('2.5.29.19', 'critical', sequence()), // basicConstraints: no authority
      extension('2.5.29.15', 'critical', bits(Buffer.from([0b1000_0000]), 7)), // keyUsage: digitalSignature
      extension('2.5.29.37', 'plain', sequence(oid('1.3.6.1.5.5.7.3.1'))), // extKeyUsage: serverAuth
      extension('2.5.29.35', 'plain', sequence(numbered(0, 'plain', keyId(spkiOf(issuer.key))))),
      extension('2.5.29.17', 'plain', sequence(...hosts.map(generalName))),
    ],
  })
  return { certificate, key: privateKey, notAfter }
}

interface Contents {
  readonly issuer: string
  readonly subject: string
  /** Private key of the issuer, PEM. */
  readonly signer: string
  /** Of the subject, SPKI in DER. */
  readonly publicKey: Buffer
  readonly now: Instant
  readonly notAfter: Instant
  readonly extensions: readonly Buffer[]
}

/** The certificate as PEM. Source: RFC 5280, 4.1. */
function signed(contents: Contents): string {
  const body = sequence(
    numbered(0, 'whole', integer(Buffer.from([2]))), // version 3
    integer(serialNumber()),
    SIGNATURE,
    distinguishedName(contents.issuer),
    sequence(time(after(contents.now, -BEFORE_MS)), time(contents.notAfter)),
    distinguishedName(contents.subject),
    contents.publicKey,
    numbered(3, 'whole', sequence(...contents.extensions)),
  )
  const signature = sign('sha256', body, createPrivateKey(contents.signer))
  const text = sequence(body, SIGNATURE, bits(signature)).toString('base64')
  return `-----BEGIN CERTIFICATE-----\n${(text.match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`
}

/** P-256: what every client knows, and made in less than a millisecond. */
function newKey(): { readonly privateKey: string; readonly publicKey: Buffer } {
  const pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  return {
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: pair.publicKey.export({ type: 'spki', format: 'der' }),
  }
}

function spkiOf(privateKey: string): Buffer {
  return createPublicKey(createPrivateKey(privateKey)).export({ type: 'spki', format: 'der' })
}

/** Source: RFC 5280, 4.2.1.2, method 1; the key of P-256 is the last 65 bytes. */
function keyId(publicKey: Buffer): Buffer {
  return createHash('sha1').update(publicKey.subarray(-65)).digest()
}

/** At most 20 bytes, positive, with more than 64 random bits. Source: RFC 5280, 4.1.2.2. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes
}

function distinguishedName(commonName: string): Buffer {
  return sequence(attribute('2.5.4.10', ORGANISATION), attribute('2.5.4.3', commonName))
}

function attribute(type: string, text: string): Buffer {
  return set(sequence(oid(type), utf8(text)))
}

function extension(type: string, weight: 'critical' | 'plain', content: Buffer): Buffer {
  return sequence(oid(type), ...(weight === 'critical' ? [yes()] : []), octets(content))
}

/** Source: RFC 5280, 4.2.1.6: 2 is a DNS name, 7 an address. */
function generalName(host: string): Buffer {
  return isIP(host) === 0 ? numbered(2, 'plain', Buffer.from(host, 'latin1')) : numbered(7, 'plain', addressBytes(host))
}

function permitted(): readonly Buffer[] {
  const names = PERMITTED_NAMES.map((name) => generalName(name))
  const loopback4 = numbered(7, 'plain', Buffer.from([127, 0, 0, 0, 255, 0, 0, 0]))
  const loopback6 = numbered(7, 'plain', addressBytes('::1'), Buffer.alloc(16, 255))
  return [...names, loopback4, loopback6].map((name) => sequence(name))
}

/** The loopback address is the only one of version 6 that is asked for. */
function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number))
  const bytes = Buffer.alloc(16)
  bytes[15] = 1
  return bytes
}

import { X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { ensureAuthority, readAuthority } from '../../../../runtime/certificates/authority.ts'
import { issueCertificate, makeAuthority } from '../../../../runtime/certificates/certificate.ts'
import { LocalCertificates } from '../../../../runtime/certificates/certificate-source.ts'
import { type Instant, instant } from '../../../../src/kernel/instant.ts'
import { VirtualClock } from '../../../../src/kernel/virtual-clock.ts'
import type { EdgeCertificate } from '../../../../src/model/edge.ts'
import { scratchDirectory } from '../../../kit/scratch.ts'

const DAY = 86_400_000
const NOW = instant(1_800_000_000_000)

function namesOf(certificate: EdgeCertificate | undefined): string | undefined {
  return certificate?.pair === undefined ? undefined : new X509Certificate(certificate.pair.chain).subjectAltName
}

describe('the authority', () => {
  test('is made once, for its user only, and is the same for every program', () => {
    using home = scratchDirectory()
    expect(readAuthority(home.path, NOW)).toBeUndefined()
    const made = ensureAuthority(home.path, NOW)
    expect(ensureAuthority(home.path, instant(NOW + DAY))).toEqual(made)
    const folder = join(home.path, 'authority')
    expect(readdirSync(folder).sort()).toEqual(['authority.json', 'minipaas-authority.pem'])
    expect(readFileSync(join(folder, 'minipaas-authority.pem'), 'utf8')).toBe(made.certificate)
    expect(readFileSync(join(folder, 'minipaas-authority.pem'), 'utf8')).not.toContain('PRIVATE KEY')
    if (process.platform === 'win32') return
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(statSync(join(folder, 'authority.json')).mode & 0o777).toBe(0o600)
  })

  test('is replaced a month before it ends, and one that cannot be read is set aside', () => {
    using home = scratchDirectory()
    const first = ensureAuthority(home.path, NOW)
    const daysBefore = (days: number): Instant => instant(first.notAfter - days * DAY)
    expect(ensureAuthority(home.path, daysBefore(31))).toEqual(first)
    const second = ensureAuthority(home.path, daysBefore(29))
    expect(second.name).not.toBe(first.name)
    writeFileSync(join(home.path, 'authority', 'authority.json'), '{"format":1,"name":"x"')
    const third = ensureAuthority(home.path, daysBefore(29))
    expect(third.name).not.toBe(second.name)
    expect(readdirSync(join(home.path, 'authority')).filter((name) => name.includes('set-aside'))).toHaveLength(2)
  })
})

describe('a certificate', () => {
  test('of the authority has all names, and loopback addresses with localhost', () => {
    using home = scratchDirectory()
    const source = new LocalCertificates(home.path, new VirtualClock({ start: NOW }))
    expect(source.hasAuthority).toBe(false)
    const { certificates, problem } = source.certify({ hosts: ['*.shop.localhost', 'localhost'] }, undefined)
    expect(problem).toBeUndefined()
    expect(certificates.map(namesOf)).toEqual(['DNS:*.shop.localhost, DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1'])
    expect(source.hasAuthority).toBe(true)
  })

  test('stays the same until a month before its end', async () => {
    using home = scratchDirectory()
    const clock = new VirtualClock({ start: NOW })
    const source = new LocalCertificates(home.path, clock)
    const pair = (): EdgeCertificate['pair'] => source.certify({ hosts: ['localhost'] }, undefined).certificates[0]?.pair
    const first = pair()
    await clock.advance(334 * DAY)
    expect(pair()).toEqual(first)
    await clock.advance(2 * DAY)
    const renewed = pair()
    expect(renewed).not.toEqual(first)
    expect(new X509Certificate(renewed?.chain ?? '').validTo).toMatch(/ 2028 GMT$/)
  })

  test('for names that the authority may not vouch for is another one, and what is no name has none', () => {
    using home = scratchDirectory()
    const source = new LocalCertificates(home.path, new VirtualClock({ start: NOW }))
    const hosts = ['localhost.evil.dev', 'shop.example.com', 'notexample.com', 'a b', 'x'.repeat(254)]
    const { certificates } = source.certify({ hosts }, undefined)
    expect(certificates.map(namesOf)).toEqual(['DNS:shop.example.com', 'DNS:localhost.evil.dev, DNS:notexample.com'])
  })

  test('that the user gives is shown as it is, if its key fits', () => {
    using home = scratchDirectory()
    const source = new LocalCertificates(home.path, new VirtualClock({ start: NOW }))
    const other = makeAuthority('of a user', NOW, DAY)
    const issued = issueCertificate(other, ['shop.corp.internal'], NOW, DAY)
    const order = { hosts: ['shop.corp.internal'] }
    const given = { chain: issued.certificate, key: issued.key }
    expect(source.certify(order, given)).toEqual({ certificates: [{ ...order, pair: given }] })
    expect(source.hasAuthority).toBe(false)
    const wrong = source.certify(order, { chain: issued.certificate, key: other.key })
    expect(wrong.problem).toBe('tls.key does not belong to tls.crt')
    expect(wrong.certificates.map(namesOf)).toContain('DNS:shop.corp.internal')
    expect(source.certify(order, { chain: 'x', key: 'y' }).problem).toMatch(/no certificate and key in PEM/)
  })
})

import { X509Certificate } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { issueCertificate, makeAuthority } from '../../../../runtime/certificates/certificate.ts'
import { instant } from '../../../../src/kernel/instant.ts'

const DAY = 86_400_000
const NOW = instant(1_800_000_000_000)
const authority = makeAuthority('minipaas authority of a test', NOW, 3652 * DAY)

test('an authority signs itself, is one, and lasts as long as it was told', () => {
  const certificate = new X509Certificate(authority.certificate)
  expect(certificate.ca).toBe(true)
  expect(certificate.subject).toBe('O=minipaas\nCN=minipaas authority of a test')
  expect(certificate.verify(certificate.publicKey)).toBe(true)
  expect(certificate.checkIssued(certificate)).toBe(true)
  expect(certificate.validFrom).toBe('Jan 14 08:00:00 2027 GMT')
  expect(certificate.validTo).toBe('Jan 14 08:00:00 2037 GMT')
})

test('a certificate of a server has the names, chains to the authority and belongs to its key', () => {
  const hosts = ['localhost', '*.shop.localhost', 'greeting.example.com', '127.0.0.1', '::1']
  const issued = issueCertificate(authority, hosts, NOW, 365 * DAY)
  const certificate = new X509Certificate(issued.certificate)
  const parent = new X509Certificate(authority.certificate)
  expect(certificate.ca).toBe(false)
  expect(certificate.checkIssued(parent)).toBe(true)
  expect(certificate.verify(parent.publicKey)).toBe(true)
  expect(certificate.subjectAltName).toBe(
    'DNS:localhost, DNS:*.shop.localhost, DNS:greeting.example.com, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
  )
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
  expect(certificate.checkHost('web.shop.localhost')).toBe('*.shop.localhost')
  expect(certificate.checkHost('a.b.shop.localhost')).toBeUndefined()
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1')
  expect(certificate.serialNumber).not.toBe(parent.serialNumber)
})

test('no certificate outlives its authority, and years from 2050 on are written in full', () => {
  const old = makeAuthority('old', instant(2_520_000_000_000), 100 * DAY)
  const issued = issueCertificate(old, ['localhost'], instant(2_520_000_000_000), 365 * DAY)
  expect(issued.notAfter).toBe(old.notAfter)
  expect(new X509Certificate(issued.certificate).validTo).toBe(new X509Certificate(old.certificate).validTo)
  expect(new X509Certificate(old.certificate).validTo).toMatch(/ 2050 GMT$/)
})

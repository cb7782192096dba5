import { expect, test } from '@jest/globals'
import { addCertificates, type CertificatePorts } from '../../../src/control/certificates.ts'
import type { CertificateSource } from '../../../src/control/ports.ts'
import type { EdgeCertificate, EdgeListener } from '../../../src/model/edge.ts'

const web: EdgeListener = { id: 'web', host: '127.0.0.1', port: 8080, taken: 'next', serve: { by: 'routes' } }
const secret = { namespace: 'default', name: 'shop-tls' }
const local: EdgeCertificate = { hosts: ['localhost'] }
const own: EdgeCertificate = { hosts: ['shop.example.com'], secret }
const made = { chain: 'made', key: 'made' }
const given = { chain: 'chain of the user', key: 'key of the user' }

/** Takes what it is given unless it is broken. */
const source: CertificateSource = {
  hasAuthority: true,
  certify: (order, pair) => {
    if (pair === undefined || pair.chain === 'broken') {
      return { certificates: [{ ...order, pair: made }], ...(pair === undefined ? {} : { problem: 'it is broken' }) }
    }
    return { certificates: [{ ...order, pair }] }
  },
}

function completed(
  certificates: readonly EdgeCertificate[],
  ports: Partial<CertificatePorts> = {},
): { readonly shown: readonly EdgeCertificate[] | undefined; readonly warnings: readonly string[] } {
  const warnings: string[] = []
  const all = { source, secrets: () => new Map(), warn: (text: string) => warnings.push(text), ...ports }
  const { listeners } = addCertificates({ listeners: [web, { ...web, id: 'web-tls', tls: { certificates } }] }, all)
  expect(listeners[0]).toBe(web)
  return { shown: listeners[1]?.tls?.certificates, warnings }
}

const secretOf = (chain: string): CertificatePorts['secrets'] => {
  const values = new Map([
    ['default/shop-tls/tls.crt', chain],
    ['default/shop-tls/tls.key', given.key],
  ])
  return () => values
}

test('a table without TLS is left as it is', () => {
  const table = { listeners: [web] }
  expect(addCertificates(table, { source, secrets: () => new Map(), warn: () => {} })).toBe(table)
})

test('a Secret of the model gives its certificate, and the authority all others', () => {
  expect(completed([local, own], { secrets: secretOf(given.chain) })).toEqual({
    shown: [
      { ...local, pair: made },
      { ...own, pair: given },
    ],
    warnings: [],
  })
})

test('a Secret that is not in the model is replaced without a word: the definition says so', () => {
  expect(completed([own])).toEqual({ shown: [{ ...own, pair: made }], warnings: [] })
})

test('a Secret that cannot be used is replaced with a warning that names it', () => {
  expect(completed([own], { secrets: secretOf('broken') })).toEqual({
    shown: [{ ...own, pair: made }],
    warnings: ["Secret default/shop-tls: it is broken; the local authority's certificate is shown instead"],
  })
})

test('where no certificate can be made, the rest of the table goes on', () => {
  const certify = (): never => {
    throw new Error('the disk is full')
  }
  expect(completed([local], { source: { ...source, certify } })).toEqual({
    shown: [],
    warnings: ['there is no certificate for localhost: the disk is full'],
  })
})

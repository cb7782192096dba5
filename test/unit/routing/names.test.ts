import { describe, expect, test } from '@jest/globals'
import { NameBook, serviceDomain, splitServiceDomain } from '../../../src/routing/names.ts'

const book = new NameBook([
  { name: serviceDomain('Web', 'Default'), addresses: ['10.0.8.1'] },
  { name: 'heads.prod.svc.cluster.local', addresses: ['10.0.0.2', '10.0.0.3'] },
  { name: 'asleep.prod.svc.cluster.local', addresses: [] },
])

describe('a name', () => {
  test.each([
    ['web.default.svc.cluster.local', ['10.0.8.1']],
    ['WEB.default.SVC.Cluster.Local.', ['10.0.8.1']],
    ['heads.prod.svc.cluster.local', ['10.0.0.2', '10.0.0.3']],
    ['cluster.local', []],
    ['svc.cluster.local', []],
    ['prod.svc.cluster.local', []],
  ])('%s is known', (name, addresses) => {
    expect(book.find(name)).toEqual({ kind: 'known', addresses })
  })

  test.each(['', '.', 'web', 'web.default', 'web.default.svc', 'example.com', 'local', 'notcluster.local', 'cluster.local.example.com'])(
    '"%s" is outside the domain',
    (name) => expect(book.find(name)).toEqual({ kind: 'outside' }),
  )

  test.each([
    ['somebody looks for a service', 'cache.default.svc.cluster.local', true],
    ['of another namespace', 'web.prod.svc.cluster.local', true],
    ['the second try of a short name', 'cache.svc.cluster.local', false],
    ['the third', 'cache.cluster.local', false],
    ['a full name tried with the search path', 'web.default.svc.cluster.local.default.svc.cluster.local', false],
    ['a name of the world tried with it', 'www.example.com.default.svc.cluster.local', false],
    ['something optional', '_grpclb._tcp.default.svc.cluster.local', false],
    ['something optional at a service', '_tcp.default.svc.cluster.local', false],
    ['a namespace that there is not', 'other.svc.cluster.local', false],
    ['a headless service of which nothing is ready', 'asleep.prod.svc.cluster.local', false],
  ])('does not exist: %s', (_, name, asked) => {
    expect(book.find(name)).toEqual({ kind: 'unknown', asked })
  })
})

test('a service name has two labels before the domain', () => {
  expect(splitServiceDomain('Web.default.svc.cluster.local.')).toEqual({ service: 'web', namespace: 'default' })
  expect(splitServiceDomain('web.svc.cluster.local')).toBeUndefined()
  expect(splitServiceDomain('.default.svc.cluster.local')).toBeUndefined()
  expect(splitServiceDomain('web.default')).toBeUndefined()
})

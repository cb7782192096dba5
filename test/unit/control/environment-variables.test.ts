import { describe, expect, test } from '@jest/globals'
import { resolveEnvironment } from '../../../src/control/environment-variables.ts'
import type { ServiceAddress } from '../../../src/control/rewrite-hosts.ts'
import type { Component, Service } from '../../../src/model/component.ts'
import { componentKey } from '../../../src/model/names.ts'
import type { Container, EnvValue } from '../../../src/model/pod.ts'

const origin = { file: 'app.yaml', doc: 0, path: [] }

function service(name: string, ports: readonly number[], namespace = 'default'): Service {
  return {
    name,
    namespace,
    component: componentKey(namespace, name),
    headless: false,
    origin,
    ports: ports.map((port) => ({ name: `port-${port}`, port, target: port, protocol: 'tcp' })),
  }
}

function address(of: Service, port: number, localPort: number): ServiceAddress {
  return { service: of, port, host: '127.0.0.1', localPort }
}

function resolve(env: Readonly<Record<string, EnvValue>>, addresses: readonly ServiceAddress[] = []) {
  const container = { name: 'web', env: Object.entries(env).map(([name, value]) => ({ name, value, origin })) } as unknown as Container
  const component = { key: 'web', name: 'web', namespace: 'default', labels: { tier: 'front' }, annotations: {} } as unknown as Component
  return resolveEnvironment({
    component,
    container,
    replica: { id: 'web--1.0', hostname: 'web-0' },
    configs: new Map([['default/settings', { level: 'debug' }]]),
    secrets: new Map([['default/keys/api', 's3cret']]),
    addresses,
  })
}

describe('references', () => {
  test('secrets, config maps and fields are resolved', () => {
    const { values, missing } = resolve({
      KEY: { secret: 'keys', key: 'api' },
      LEVEL: { config: 'settings', key: 'level' },
      NAME: { field: 'metadata.name' },
      TIER: { field: "metadata.labels['tier']" },
    })
    expect(Object.fromEntries(values)).toMatchObject({ KEY: 's3cret', LEVEL: 'debug', NAME: 'web-0', TIER: 'front' })
    expect(missing).toEqual([])
  })

  test('what has no value is named, unless it is optional', () => {
    const { missing } = resolve({
      A: { secret: 'keys', key: 'nope' },
      B: { config: 'other', key: 'x' },
      C: { secret: 'none', key: 'y', optional: true },
    })
    expect(missing).toEqual(['default/keys/nope', 'config default/other/x'])
  })

  test('$(NAME) refers to what stands before; unknown names stay and $$ is a dollar', () => {
    const { values } = resolve({ HOST: 'db', URL: 'pg://$(HOST)/x?y=$(NOPE)&z=$$(HOST)' })
    expect(values.get('URL')).toBe('pg://db/x?y=$(NOPE)&z=$(HOST)')
  })
})

describe('addresses of services', () => {
  const db = service('db', [5432])
  const api = service('api', [80, 9090])
  const addresses = [address(db, 5432, 40001), address(api, 80, 40002), address(api, 9090, 40003)]

  test.each([
    ['http://api/v1', 'http://127.0.0.1:40002/v1'],
    ['http://api:9090', 'http://127.0.0.1:40003'],
    ['http://api.default.svc.cluster.local:9090/x', 'http://127.0.0.1:40003/x'],
    ['postgres://user:pw@db/shop', 'postgres://user:pw@127.0.0.1:40001/shop'],
    ['db:5432', '127.0.0.1:40001'],
    ['db:5432,api:80', '127.0.0.1:40001,127.0.0.1:40002'],
    ['db', '127.0.0.1:40001'],
    ['http://api:1234', 'http://api:1234'],
    ['http://my-api:80', 'http://my-api:80'],
    ['http://api.example.com', 'http://api.example.com'],
    ['the db is fine', 'the db is fine'],
    ['api', 'api'],
  ])('%s becomes %s', (from, to) => {
    const { values, rewrites } = resolve({ SOME_ADDR: from }, addresses)
    expect(values.get('SOME_ADDR')).toBe(to)
    expect(rewrites).toEqual(from === to ? [] : [{ container: 'web', name: 'SOME_ADDR', from, to }])
  })

  test.each(['DB_NAME', 'POSTGRES_USER', 'VALUE'])('a word alone stays as it is in %s', (name) => {
    expect(resolve({ [name]: 'db' }, addresses).values.get(name)).toBe('db')
  })

  test('a host and a port of the same prefix are rewritten together', () => {
    const { values } = resolve({ DB_HOST: 'db', DB_PORT: '5432' }, addresses)
    expect([values.get('DB_HOST'), values.get('DB_PORT')]).toEqual(['127.0.0.1', '40001'])
  })

  test('a service of another namespace has no short name', () => {
    const other = [address(service('db', [5432], 'prod'), 5432, 40009)]
    const { values } = resolve({ A: 'db:5432', B: 'db.prod:5432' }, other)
    expect([values.get('A'), values.get('B')]).toEqual(['db:5432', '127.0.0.1:40009'])
  })

  test('variables as Kubernetes makes them for every service', () => {
    const { values } = resolve({}, addresses)
    expect(values.get('API_SERVICE_HOST')).toBe('127.0.0.1')
    expect(values.get('API_SERVICE_PORT')).toBe('40002')
    expect(values.get('API_SERVICE_PORT_PORT_9090')).toBe('40003')
  })

  test('a rewrite never shows a secret that the value contains', () => {
    const { values, rewrites } = resolve({ PW: { secret: 'keys', key: 'api' }, URL: 'postgres://u:$(PW)@db:5432' }, addresses)
    expect(values.get('URL')).toBe('postgres://u:s3cret@127.0.0.1:40001')
    expect(JSON.stringify(rewrites)).not.toContain('s3cret')
    expect(rewrites).toEqual([
      { container: 'web', name: 'URL', from: 'postgres://u:$(PW)@db:5432', to: 'postgres://u:$(PW)@127.0.0.1:40001' },
    ])
  })
})

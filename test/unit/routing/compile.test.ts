import { describe, expect, test } from '@jest/globals'
import type { Service } from '../../../src/model/component.ts'
import type { GatePolicy } from '../../../src/model/edge.ts'
import type { Endpoint } from '../../../src/model/engine.ts'
import type { ReplicaId, RevisionId } from '../../../src/model/names.ts'
import type { Route, RouteTarget } from '../../../src/model/route.ts'
import { compileTable } from '../../../src/routing/compile.ts'
import type { TableComponent, TableInput, TableReplica } from '../../../src/routing/table-input.ts'
import { anOrigin, key } from '../../kit/builders.ts'

const starting: GatePolicy = { mode: 'hold', reason: 'starting' }

function component(name: string, changes: Partial<TableComponent> = {}): TableComponent {
  const namespace = changes.namespace ?? 'default'
  return {
    key: key(name, namespace),
    app: 'shop',
    name,
    namespace,
    ports: [{ number: 80, protocol: 'tcp' }],
    replicas: [],
    gate: starting,
    ...changes,
  }
}

function replica(id: string, state: 'ready' | 'draining', endpoints: Readonly<Record<number, number>>): TableReplica {
  const at = Object.entries(endpoints).map(([port, host]): [number, Endpoint] => [Number(port), { host: '127.0.0.1', port: host }])
  return { id: id as ReplicaId, revision: id.replace(/\.\d+$/, '') as RevisionId, state, endpoints: new Map(at) }
}

function route(changes: Partial<Route>): Route {
  return { path: '/', pathType: 'prefix', to: [], holdMs: 60_000, origin: anOrigin('route'), ...changes }
}

const toWeb: RouteTarget = { by: 'component', component: key('web'), port: 80, weight: 1 }

function input(changes: Partial<TableInput>): TableInput {
  return {
    version: 3,
    environment: 'dev',
    components: [],
    services: [],
    routes: [],
    published: [],
    webPort: 8080,
    ports: {},
    addresses: {},
    probes: [],
    ...changes,
  }
}

describe('listeners', () => {
  test('the web listener counts up from its wish, or from its last port', () => {
    const web = { id: 'web', host: '127.0.0.1', taken: 'next', serve: { by: 'routes' } }
    expect(compileTable(input({})).table.listeners).toEqual([{ ...web, port: 8080 }])
    expect(compileTable(input({ ports: { web: 8083 } })).table.listeners).toEqual([{ ...web, port: 8083 }])
  })

  test('there is one for TLS where a route asks for it, or always', () => {
    const listenersOf = (changes: Partial<TableInput>): readonly unknown[] =>
      compileTable(input(changes)).table.listeners.filter(({ id }) => id === 'web-tls')
    const routes = [route({ host: 'Shop.example.com', to: [toWeb], tls: { redirect: true } })]
    const secure = { id: 'web-tls', host: '127.0.0.1', port: 8443, taken: 'next', serve: { by: 'routes' } }
    expect(listenersOf({ components: [component('web')], routes: [route({ to: [toWeb] })] })).toEqual([])
    const hosts = ['*.default.shop.localhost', '*.shop.localhost', 'localhost', 'shop.example.com', 'web.shop.localhost']
    expect(listenersOf({ components: [component('web')], routes })).toEqual([{ ...secure, tls: { certificates: [{ hosts }] } }])
    expect(listenersOf({ ports: { 'web-tls': 8444 }, tls: 'always' })).toEqual([
      { ...secure, port: 8444, tls: { certificates: [{ hosts: ['localhost'] }] } },
    ])
  })

  test('plain HTTP leads to the port of TLS, the last one, where the route wants that', () => {
    const routes = [
      route({ host: 'a', to: [toWeb], tls: { redirect: true } }),
      route({ host: 'b', to: [toWeb], tls: { redirect: false } }),
      route({ host: 'c', to: [toWeb] }),
    ]
    const portsOf = (ports: TableInput['ports']): readonly unknown[] =>
      compileTable(input({ components: [component('web')], routes, ports })).table.routes.map(({ host, httpsPort }) => [host, httpsPort])
    const rest = [
      ['b', undefined],
      ['c', undefined],
      ['web.shop.localhost', undefined],
    ]
    expect(portsOf({})).toEqual([['a', 8443], ...rest])
    expect(portsOf({ 'web-tls': 8450 })).toEqual([['a', 8450], ...rest])
  })

  test('each Secret is for the hosts of its routes; one for any host stands for names that no other is for', () => {
    const secret = (name: string): NonNullable<Route['tls']> => ({ secret: { namespace: 'default', name }, redirect: true })
    const routes = [
      route({ host: 'a.example.com', to: [toWeb], tls: secret('a') }),
      route({ host: 'b.example.com', to: [toWeb], tls: secret('a') }),
      route({ host: '*.a.example.com', to: [toWeb], tls: { redirect: true } }),
    ]
    const certificatesOf = (more: readonly Route[]): unknown =>
      compileTable(input({ routes: [...routes, ...more], components: [component('web', { ports: [] })] })).table.listeners.find(
        ({ tls }) => tls !== undefined,
      )?.tls?.certificates
    const local = { hosts: ['*.a.example.com', '*.default.shop.localhost', '*.shop.localhost', 'localhost'] }
    const own = { hosts: ['a.example.com', 'b.example.com'], secret: { namespace: 'default', name: 'a' } }
    expect(certificatesOf([])).toEqual([local, own])
    const any = { hosts: [], secret: { namespace: 'default', name: 'any' } }
    expect(certificatesOf([route({ to: [toWeb], tls: secret('any') })])).toEqual([any, local, own])
  })

  test('each port of a service has one, with its last port', () => {
    const services = [
      {
        name: 'db',
        namespace: 'default',
        component: key('db'),
        headless: false,
        origin: anOrigin('db'),
        ports: [
          { name: 'sql', port: 5432, target: 80, protocol: 'tcp' as const },
          { name: 'dns', port: 53, target: 53, protocol: 'udp' as const },
        ],
      },
      { name: 'lost', namespace: 'default', component: key('lost'), headless: false, origin: anOrigin('lost'), ports: [] },
    ]
    const { table, problems } = compileTable(
      input({ components: [component('db')], services, ports: { 'service/db.default:5432': 41234 } }),
    )
    expect(table.listeners.slice(1)).toEqual([
      { id: 'service/db.default:5432', host: '127.0.0.1', port: 41234, taken: 'any', serve: { by: 'backend', backend: 'db:80' } },
      {
        id: 'service/db.default:53/udp',
        host: '127.0.0.1',
        port: 0,
        taken: 'any',
        transport: 'udp',
        serve: { by: 'backend', backend: 'db:53' },
      },
    ])
    expect(problems.map((problem) => [problem.code, problem.message])).toEqual([
      ['MP6001', 'service lost leads to lost, which is not here'],
    ])
  })

  test('a published port fails when it is taken; what cannot be published is a problem', () => {
    const published = [
      { host: 5000, target: 80, protocol: 'tcp' as const, component: key('web'), origin: anOrigin('a') },
      { host: 5000, target: 80, protocol: 'tcp' as const, component: key('web'), origin: anOrigin('b') },
      { host: 5001, target: 81, protocol: 'tcp' as const, component: key('web'), origin: anOrigin('c') },
      { host: 5000, target: 80, protocol: 'udp' as const, component: key('web'), origin: anOrigin('d') },
      { host: 5003, target: 80, protocol: 'tcp' as const, component: key('nobody'), origin: anOrigin('e') },
    ]
    const { table, problems } = compileTable(input({ components: [component('web')], published }))
    expect(table.listeners.slice(1).map(({ id, port, taken, transport }) => [id, port, taken, transport])).toEqual([
      ['publish/5000', 5000, 'fail', undefined],
      ['publish/5001', 5001, 'fail', undefined],
      ['publish/5000/udp', 5000, 'fail', 'udp'],
    ])
    expect(problems.map(({ code, origin }) => [code, origin?.path[0]])).toEqual([
      ['MP6002', 'b'],
      ['MP6004', 'c'],
      ['MP6001', 'e'],
    ])
  })
})

describe('a service range', () => {
  const port = { name: 'sql', port: 5432, target: 80, protocol: 'tcp' as const }
  const aService = (name: string, changes: Partial<Service> = {}): Service => {
    return { name, namespace: 'default', component: key(name), headless: false, origin: anOrigin(name), ports: [port], ...changes }
  }
  const at = (id: string, host: string): TableReplica => {
    return { ...replica(id, 'ready', {}), endpoints: new Map([[80, { host, port: 80 }]]) }
  }

  test('gives every service an address and a name, and two of them the same port', () => {
    const services = [aService('web'), aService('db'), aService('db', { namespace: 'prod', component: key('db', 'prod') })]
    const components = [component('web'), component('db'), component('db', { namespace: 'prod' })]
    const { table, addresses, problems } = compileTable(
      input({
        components,
        services,
        serviceRange: '10.213.8.0/21',
        addresses: { 'web.default': '10.213.8.7', 'gone.default': '10.213.8.8' },
      }),
    )
    expect(problems).toEqual([])
    expect(addresses).toEqual({ 'db.default': '10.213.13.170', 'db.prod': '10.213.13.204', 'web.default': '10.213.8.7' })
    expect(table.listeners.slice(1)).toEqual([
      { id: 'service/web.default:5432', host: '10.213.8.7', port: 5432, taken: 'fail', serve: { by: 'backend', backend: 'web:80' } },
      { id: 'service/db.default:5432', host: '10.213.13.170', port: 5432, taken: 'fail', serve: { by: 'backend', backend: 'db:80' } },
      { id: 'service/db.prod:5432', host: '10.213.13.204', port: 5432, taken: 'fail', serve: { by: 'backend', backend: 'db.prod:80' } },
    ])
    expect(table.names).toEqual([
      { name: 'db.default.svc.cluster.local', addresses: ['10.213.13.170'] },
      { name: 'db.prod.svc.cluster.local', addresses: ['10.213.13.204'] },
      { name: 'web.default.svc.cluster.local', addresses: ['10.213.8.7'] },
    ])
  })

  test('leaves the web listener and published ports at the loopback address', () => {
    const published = [{ host: 5000, target: 80, protocol: 'tcp' as const, component: key('web'), origin: anOrigin('a') }]
    const { table } = compileTable(input({ components: [component('web')], published, serviceRange: '10.213.8.0/21' }))
    expect(table.listeners.map(({ id, host }) => [id, host])).toEqual([
      ['web', '127.0.0.1'],
      ['publish/5000', '127.0.0.1'],
    ])
  })

  test('names a headless service by its ready replicas and listens nowhere for it', () => {
    const replicas = [
      at('db--a.1', '10.213.0.9'),
      at('db--a.0', '10.213.0.8'),
      at('db--a.2', 'no-address'),
      { ...at('db--a.3', '10.213.0.7'), state: 'draining' as const },
      { ...at('db--a.4', '10.213.0.6'), state: 'starting' as const, awaits: { container: 'db', epoch: 0 } },
    ]
    const services = [aService('db', { headless: true }), aService('none', { headless: true })]
    const { table, addresses } = compileTable(
      input({ components: [component('db', { replicas }), component('none')], services, serviceRange: '10.213.8.0/21' }),
    )
    expect(addresses).toEqual({})
    expect(table.listeners.map(({ id }) => id)).toEqual(['web'])
    expect(table.names).toEqual([
      { name: 'db.default.svc.cluster.local', addresses: ['10.213.0.8', '10.213.0.9'] },
      { name: 'none.default.svc.cluster.local', addresses: [] },
    ])
  })

  test('that is too small, or none, is told for each service without an address', () => {
    const services = [aService('a'), aService('b')]
    const components = [component('a'), component('b')]
    const small = compileTable(input({ components, services, serviceRange: '10.213.8.0/30' }))
    expect(small.problems).toMatchObject([{ code: 'MP6007', message: 'service b.default has no address: none is left in 10.213.8.0/30' }])
    expect(small.table.listeners.map(({ id }) => id)).toEqual(['web', 'service/a.default:5432'])
    expect(small.table.names).toContainEqual({ name: 'b.default.svc.cluster.local', addresses: [] })
    const none = compileTable(input({ components, services, serviceRange: 'fd00::/64' }))
    expect(none.problems.map(({ code }) => code)).toEqual(['MP6007', 'MP6007'])
  })

  test('that is absent leaves what was remembered, and no names', () => {
    const { table, addresses } = compileTable(
      input({ components: [component('db')], services: [aService('db')], addresses: { x: '10.0.0.1' } }),
    )
    expect(addresses).toEqual({ x: '10.0.0.1' })
    expect(table.names).toEqual([])
    expect(table.listeners[1]).toMatchObject({ host: '127.0.0.1', port: 0, taken: 'any' })
  })
})

describe('routes', () => {
  test('every component with a port has its own host names', () => {
    const components = [
      component('Api', { namespace: 'staging', app: 'Shop' }),
      component('api', {
        ports: [
          { number: 53, protocol: 'udp' },
          { number: 90, protocol: 'http1' },
        ],
      }),
      component('job', { ports: [] }),
    ]
    const { table } = compileTable(input({ components }))
    expect(table.routes.map(({ host, targets }) => [host, targets])).toEqual([
      ['api.shop.localhost', [{ backend: 'api:90', upTo: 1 }]],
      ['api.staging.shop.localhost', [{ backend: 'Api.staging:80', upTo: 1 }]],
    ])
  })

  test('are sorted by host, then kind of path, then its length', () => {
    const routes = [
      route({ path: '/', to: [toWeb] }),
      route({ path: '/a/b', to: [toWeb] }),
      route({ host: '*.example.com', path: '/long/path', to: [toWeb] }),
      route({ host: '*.deep.example.com', path: '/', to: [toWeb] }),
      route({ host: 'WWW.example.com', path: '/a', to: [toWeb] }),
      route({ host: 'www.example.com', path: '/a/', pathType: 'exact', to: [toWeb] }),
      route({ host: 'www.example.com', path: '/a/longer', to: [toWeb] }),
    ]
    const { table } = compileTable(input({ components: [component('web', { ports: [] })], routes }))
    expect(table.routes.map(({ host, path, pathType }) => `${host ?? 'any'} ${pathType} ${path}`)).toEqual([
      'www.example.com exact /a/',
      'www.example.com prefix /a/longer',
      'www.example.com prefix /a',
      '*.deep.example.com prefix /',
      '*.example.com prefix /long/path',
      'any prefix /a/b',
      'any prefix /',
    ])
  })

  test('with more conditions come before those with fewer', () => {
    const header = { name: 'a', by: 'present' } as const
    const routes = [
      route({ path: '/p', to: [toWeb] }),
      route({ path: '/p', to: [toWeb], when: { query: [header] } }),
      route({ path: '/p', to: [toWeb], when: { headers: [header] } }),
      route({ path: '/p', to: [toWeb], when: { headers: [header, header] } }),
      route({ path: '/p', to: [toWeb], when: { method: 'GET' } }),
      route({ path: '/.*', pathType: 'regex', to: [toWeb] }),
      route({ path: '/', pathType: 'exact', to: [toWeb] }),
      route({ path: '/longer', to: [toWeb] }),
    ]
    const { table } = compileTable(input({ components: [component('web', { ports: [] })], routes }))
    expect(table.routes.map(({ path, when }) => `${path} ${JSON.stringify(when ?? {})}`)).toEqual([
      '/ {}',
      '/.* {}',
      '/longer {}',
      '/p {"method":"GET"}',
      '/p {"headers":[{"name":"a","by":"present"},{"name":"a","by":"present"}]}',
      '/p {"headers":[{"name":"a","by":"present"}]}',
      '/p {"query":[{"name":"a","by":"present"}]}',
      '/p {}',
    ])
  })

  test('that redirect need no target; those with a bad condition are not served', () => {
    const routes = [
      route({ path: '/old', to: [toWeb], redirect: { status: 301, host: 'New.example' } }),
      route({ path: '/(', pathType: 'regex', to: [toWeb] }),
    ]
    const { table, problems } = compileTable(input({ components: [component('web', { ports: [] })], routes }))
    expect(table.routes).toEqual([
      { path: '/old', pathType: 'prefix', targets: [], holdMs: 60_000, redirect: { status: 301, host: 'new.example' } },
    ])
    expect(table.backends).toEqual([])
    expect(problems.map(({ code }) => code)).toEqual(['MP6030'])
  })

  test('lead to each revision that takes requests, and to each label', () => {
    const revision = (id: string): RevisionId => id as RevisionId
    const web = component('web', {
      namespace: 'prod',
      replicas: [
        replica('web.prod--new.0', 'ready', { 80: 1 }),
        replica('web.prod--new.1', 'ready', { 80: 2 }),
        replica('web.prod--old.0', 'draining', { 80: 3 }),
      ],
      labels: [{ label: 'blue', revision: revision('web.prod--old') }],
    })
    const named = component('web--new', { namespace: 'default' })
    const { table } = compileTable(input({ components: [web, named] }))
    expect(table.routes.map(({ host, targets: [target] }) => `${host} ${target?.backend} ${target?.revision ?? 'any'}`)).toEqual([
      'web--new.shop.localhost web--new:80 any',
      'web.shop.localhost web.prod:80 any',
      'web.prod.shop.localhost web.prod:80 any',
      'web--new.prod.shop.localhost web.prod:80 web.prod--new',
      'web---blue.shop.localhost web.prod:80 web.prod--old',
      'web---blue.prod.shop.localhost web.prod:80 web.prod--old',
    ])
  })

  test('go through a service to the port behind it', () => {
    const services = [
      {
        name: 'front',
        namespace: 'default',
        component: key('web'),
        headless: false,
        origin: anOrigin('front'),
        ports: [{ name: 'http', port: 8000, target: 80, protocol: 'tcp' as const }],
      },
    ]
    const to: RouteTarget[] = [
      { by: 'service', service: 'front', namespace: 'default', port: 8000, weight: 90 },
      { by: 'service', service: 'front', namespace: 'default', port: 8000, weight: 10, revision: 'web--b' as RevisionId },
      { by: 'service', service: 'front', namespace: 'default', port: 8000, weight: 0 },
    ]
    const { table, problems } = compileTable(input({ components: [component('web')], services, routes: [route({ path: 'x', to })] }))
    expect(problems).toEqual([])
    expect(table.routes.find(({ host }) => host === undefined)).toMatchObject({
      path: '/x',
      targets: [
        { backend: 'web:80', upTo: 9 },
        { backend: 'web:80', revision: 'web--b', upTo: 10 },
      ],
    })
  })

  test('that lead nowhere are reported, and answered with the reason', () => {
    const services = [{ name: 'front', namespace: 'default', component: key('web'), headless: false, origin: anOrigin('x'), ports: [] }]
    const routes = [
      route({ path: '/a', to: [{ by: 'service', service: 'nobody', namespace: 'default', port: 80, weight: 1 }] }),
      route({ path: '/b', to: [{ by: 'service', service: 'front', namespace: 'default', port: 81, weight: 1 }] }),
      route({ path: '/c', to: [{ by: 'component', component: key('gone'), port: 80, weight: 1 }] }),
      route({ path: '/d', to: [] }),
    ]
    const { table, problems } = compileTable(input({ components: [component('web')], services, routes }))
    expect(problems.map(({ message }) => message)).toEqual([
      'a route leads nowhere: there is no service nobody in namespace default',
      'a route leads nowhere: service front has no TCP port 81 (it has: none)',
      'a route leads nowhere: there is no component gone',
      'the route */d has no target with a weight above 0',
    ])
    const first = table.routes.find(({ path }) => path === '/a')?.targets[0]?.backend
    expect(table.backends.find(({ id }) => id === first)?.gate).toEqual({
      mode: 'refuse',
      status: 503,
      code: 'MP6001',
      reason: 'there is no service nobody in namespace default',
    })
  })
})

describe('backends', () => {
  test('have the replicas that have the port, by their state', () => {
    const replicas = [
      replica('web--a.0', 'draining', { 80: 1000 }),
      replica('web--b.0', 'ready', { 80: 1001, 81: 1002 }),
      replica('web--b.1', 'ready', { 81: 1003 }),
      { ...replica('web--b.2', 'ready', { 80: 1004 }), state: 'starting' as const, awaits: { container: 'web', epoch: 2 } },
    ]
    const { table } = compileTable(input({ components: [component('web', { replicas })] }))
    expect(table.backends).toEqual([
      {
        id: 'web:80',
        component: 'web',
        app: 'shop',
        replicas: [{ id: 'web--b.0', revision: 'web--b', host: '127.0.0.1', port: 1001 }],
        starting: [{ id: 'web--b.2', revision: 'web--b', host: '127.0.0.1', port: 1004, awaits: { container: 'web', epoch: 2 } }],
        draining: [{ id: 'web--a.0', revision: 'web--a', host: '127.0.0.1', port: 1000 }],
        gate: starting,
        maxHeld: 10_000,
        holdMs: 60_000,
      },
    ])
  })

  test('say how they are balanced', () => {
    const { table } = compileTable(input({ components: [component('web', { balance: 'least-in-flight' })] }))
    expect(table.backends[0]?.balance).toBe('least-in-flight')
  })

  test('without the port in any ready replica refuse: waiting would not help', () => {
    const published = [{ host: 5000, target: 9999, protocol: 'tcp' as const, component: key('web'), origin: anOrigin('a') }]
    const { table } = compileTable(
      input({ components: [component('web', { replicas: [replica('web--a.0', 'ready', { 80: 1 })] })], published }),
    )
    expect(table.backends.find(({ id }) => id === 'web:9999')?.gate).toMatchObject({
      mode: 'refuse',
      reason: 'web has no port 9999 (declared: 80)',
    })
  })
})

test('a component that says how many requests wait, and how long, is held to it wherever it is reached', () => {
  const limits = { maxHeld: 50, holdMs: 5_000 }
  const { table } = compileTable(
    input({ components: [component('web', { limits }), component('api')], routes: [route({ host: 'shop.example.com', to: [toWeb] })] }),
  )
  expect(table.backends.map(({ component, maxHeld, holdMs }) => [component, maxHeld, holdMs])).toEqual([
    [key('web'), 50, 5_000],
    [key('api'), 10_000, 60_000],
  ])
  expect(table.routes.map(({ host, targets }) => [host, targets[0]?.holdMs])).toEqual([
    ['shop.example.com', 5_000],
    ['web.shop.localhost', 5_000],
    ['api.shop.localhost', undefined],
  ])
})

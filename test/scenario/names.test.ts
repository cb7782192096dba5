import { describe, expect, test } from '@jest/globals'
import type { ReplicaId } from '../../src/model/names.ts'
import { ControlWorld } from '../kit/control-world.ts'
import { application, webservice } from '../kit/oam-text.ts'

const SERVICE_RANGE = '10.213.8.0/21'
const TABLE_AND_STARTS = 1000

/** `port` alone opens a port and gives no name. */
const unexposed = (name: string) => `{ name: ${name}, type: webservice, properties: { image: "${name}:1", port: 6379 } }`
const worker = (name: string) => `{ name: ${name}, type: worker, properties: { image: "${name}:1" } }`
const database = (name: string) =>
  `{ name: ${name}, type: webservice, properties: { image: "${name}:1", ports: [{ port: 5432, expose: true }] } }`

function networked(): ControlWorld {
  return new ControlWorld({}, { serviceRange: SERVICE_RANGE })
}

async function up(world: ControlWorld, ...components: readonly string[]): Promise<void> {
  await world.up(application({ components }))
  await world.clock.advance(TABLE_AND_STARTS)
}

const look = (world: ControlWorld, service: string, client?: string) =>
  world.engine.lookUp('test', `${service}.default.svc.cluster.local`, client)

async function addressOf(world: ControlWorld, component: string): Promise<string> {
  const owner = { environment: 'test', instance: '' }
  const endpoint = await world.engine.endpoint({ owner, id: world.replicas(component)[0] as ReplicaId }, 8080)
  return endpoint?.host ?? ''
}

function refusalOf(call: () => unknown): unknown {
  try {
    return call()
  } catch (error) {
    return error
  }
}

const shown = (world: ControlWorld) => world.app().diagnostics.map(({ code, message, hint }) => `${code} ${message} | ${hint}`)

describe('services', () => {
  test('on the same port must each be reached at an address of their own', async () => {
    await using world = networked()
    await up(world, database('orders-db'), database('users-db'))
    const places = ['orders-db', 'users-db'].map((name) => look(world, name) ?? [])
    expect(places.map((addresses) => addresses.length)).toEqual([1, 1])
    expect(places[0]).not.toEqual(places[1])
    for (const [index, name] of ['orders-db', 'users-db'].entries()) {
      const answer = await world.engine.request('test', { address: places[index]?.[0] ?? '', port: 5432 })
      expect(answer).toMatchObject({ status: 200, replica: world.replicas(name)[0] })
    }
  })

  test('must keep their addresses while the application changes and over a daemon, and others must not move', async () => {
    await using world = networked()
    await up(world, webservice('web'), database('db'))
    const before = [look(world, 'web'), look(world, 'db')]
    await up(world, webservice('aaa'), database('db'), webservice('web', 'web:2'), webservice('zzz'))
    expect([look(world, 'web'), look(world, 'db')]).toEqual(before)
    const others = [look(world, 'aaa'), look(world, 'zzz')]
    await world.restartDaemon()
    await world.clock.advance(10_000)
    expect(['web', 'db', 'aaa', 'zzz'].map((name) => look(world, name))).toEqual([...before, ...others])
    expect(JSON.parse(world.store.documents.get('test') ?? '')).toMatchObject({ version: 1, addresses: { 'web.default': before[0]?.[0] } })
  })

  test('must come from the record of a daemon of before they had any as well', async () => {
    await using world = networked()
    await up(world, webservice('web'))
    const { addresses, ...old } = JSON.parse(world.store.documents.get('test') ?? '') as { readonly addresses: unknown }
    expect(addresses).toEqual({ 'web.default': look(world, 'web')?.[0] })
    world.store.documents.set('test', JSON.stringify(old))
    await world.restartDaemon()
    await world.clock.advance(10_000)
    expect(world.app().phase).toBe('running')
    expect(look(world, 'web')).toEqual([(addresses as Record<string, string>)['web.default']])
  })

  test('must be known before the first replica starts', async () => {
    const seen: (readonly string[] | undefined)[] = []
    const world: ControlWorld = new ControlWorld(
      {
        web: () => {
          seen.push(look(world, 'db'))
          return {}
        },
      },
      { serviceRange: SERVICE_RANGE },
    )
    await using _ending = world
    // A real engine takes its time to answer: the range is known only after that.
    const observe = world.engine.observe.bind(world.engine)
    world.engine.observe = async (owner, signal) => {
      const observed = await observe(owner, signal)
      await world.clock.sleep(50)
      return observed
    }
    await up(world, webservice('web'), database('db'))
    expect(seen).toEqual([[expect.stringMatching(/^10\.213\./)]])
  })

  test('must not be ports of this machine: `port` says how they are reached, `explain` where they are', async () => {
    await using world = networked()
    await up(
      world,
      '{ name: db, type: webservice, properties: { image: "db:1", ports: [{ port: 5432, containerPort: 6000, expose: true }] } }',
    )
    const [address = ''] = look(world, 'db') ?? []
    const expected = {
      status: 404,
      error: {
        code: 'MP8014',
        message: `port 5432 of db is reached inside the environment only, at ${address}:5432`,
        next: 'publish it in minipaas.yaml (components.db.ports: ["5432:6000"]), or run: minipaas port-forward db 6000',
      },
    }
    for (const port of [undefined, 5432, 6000]) expect(refusalOf(() => world.environment.port('db', port))).toMatchObject(expected)
    expect(() => world.environment.port('db', 99)).toThrow('db has no port 99 of its own on this machine')
    expect(world.environment.explain('db').services).toEqual([
      { service: 'db.default', name: 'db.default.svc.cluster.local', address, ports: [5432] },
    ])
  })

  test('of datagrams must be published as such, and `port` finds them then', async () => {
    await using world = networked()
    const names = 'ports: [{ port: 53, protocol: UDP, name: dgram, expose: true }, { port: 5300, name: stream }]'
    const component = `{ name: names, type: webservice, properties: { image: "names:1", ${names} } }`
    await up(world, component)
    const next = 'publish it in minipaas.yaml (components.names.ports: ["53:53/udp"])'
    expect(refusalOf(() => world.environment.port('names', 53))).toMatchObject({ error: { code: 'MP8014', next } })
    world.files.texts.set('/minipaas.yaml', 'components: { names: { ports: ["5353:53/udp"] } }')
    await up(world, component)
    expect(world.environment.port('names', 53)).toEqual({ host: '127.0.0.1', port: 5353 })
  })

  test('must stay ports of this machine where the engine has no addresses to give', async () => {
    await using world = new ControlWorld()
    await up(world, database('db'))
    expect(look(world, 'db')).toBeUndefined()
    expect(world.environment.port('db', 5432)).toEqual({ host: '127.0.0.1', port: expect.any(Number) })
    expect(world.environment.explain('db').services).toEqual([])
  })

  test('without an address of their own must be named by their ready replicas', async () => {
    await using world = networked()
    const service = [
      'apiVersion: v1',
      'kind: Service',
      'metadata: { name: heads, namespace: default }',
      'spec: { clusterIP: None, selector: { app.oam.dev/component: web }, ports: [{ port: 8080 }] }',
    ].join('\n')
    const two = webservice('web', 'web:1', 'traits: [{ type: scaler, properties: { replicas: 2 } }]')
    await world.up(`${application({ components: [two] })}---\n${service}\n`)
    await world.clock.advance(TABLE_AND_STARTS)
    expect(look(world, 'heads')).toHaveLength(2)
    expect(look(world, 'heads')).toContain(await addressOf(world, 'web'))
    await world.environment.command({ do: 'scale', replicas: { web: 0 } })
    await world.until(() => world.component('web').replicas.length === 0)
    expect(look(world, 'heads')).toBeUndefined()
    expect(world.events('name.unknown')).toEqual([])
  })
})

describe('a name that the cloud would not have', () => {
  test('must be told with the reason and the fix, once for each name and who asks', async () => {
    await using world = networked()
    await up(world, webservice('web'), unexposed('cache'), worker('mailer'), database('db'))
    const client = await addressOf(world, 'web')
    for (const name of ['cache', 'cache', 'mailer', 'bd', 'db']) look(world, name, client)
    await world.clock.advance(0)
    const expected = [
      'MP6008 web looks up cache.default.svc.cluster.local, which does not exist: no port of component cache is exposed | expose it for the cloud as well: "expose: true" at port 6379 of cache, or the trait expose with port 6379',
      'MP6008 web looks up mailer.default.svc.cluster.local, which does not exist: no port of component mailer is exposed | give mailer the trait expose with the port it listens on',
      'MP6008 web looks up bd.default.svc.cluster.local, which does not exist: namespace default has no service bd | did you mean "db"?',
    ]
    expect(shown(world)).toEqual(expected)
    expect(world.events('name.unknown').map(({ name, client: who }) => [name.split('.')[0], who])).toEqual([
      ['cache', 'web'],
      ['mailer', 'web'],
      ['bd', 'web'],
    ])
    await world.environment.command({ do: 'scale', replicas: { web: 2 } })
    await world.clock.advance(TABLE_AND_STARTS)
    look(world, 'cache', client)
    look(world, 'mailer', '10.213.7.7')
    await world.clock.advance(0)
    expect(shown(world).slice(3)).toMatchObject([expect.stringContaining('a program at 10.213.7.7 looks up mailer')])
  })

  test('must be told of a component that has no ports itself', async () => {
    await using world = networked()
    await up(world, worker('mailer'), unexposed('cache'))
    const owner = { environment: 'test', instance: '' }
    const { replicas } = await world.engine.observe(owner, new AbortController().signal)
    look(world, 'cache', replicas.find(({ component }) => component === 'mailer')?.address)
    await world.clock.advance(0)
    expect(shown(world)).toEqual([expect.stringContaining('MP6008 mailer looks up cache.default.svc.cluster.local')])
  })

  test('must be told with the name that its component has', async () => {
    await using world = networked()
    const service = [
      'apiVersion: v1',
      'kind: Service',
      'metadata: { name: cache-svc, namespace: default }',
      'spec: { selector: { app.oam.dev/component: cache }, ports: [{ port: 6379 }] }',
    ].join('\n')
    await world.up(`${application({ components: [webservice('web'), unexposed('cache')] })}---\n${service}\n`)
    await world.clock.advance(TABLE_AND_STARTS)
    look(world, 'cache', await addressOf(world, 'web'))
    await world.clock.advance(0)
    expect(shown(world)).toEqual([
      'MP6008 web looks up cache.default.svc.cluster.local, which does not exist: component cache is reached as cache-svc | look up cache-svc',
    ])
    expect(look(world, 'cache-svc')).toHaveLength(1)
  })

  test('must be forgotten once it exists', async () => {
    await using world = networked()
    await up(world, webservice('web'), unexposed('cache'))
    expect(look(world, 'cache', await addressOf(world, 'web'))).toBeUndefined()
    await world.clock.advance(0)
    expect(shown(world)).toHaveLength(1)
    await up(world, webservice('web'), webservice('cache'))
    expect(look(world, 'cache')).toHaveLength(1)
    expect(shown(world)).toEqual([])
  })

  test('must name the namespace of the service of that name, and nothing at all for a name of the world', async () => {
    await using world = networked()
    const elsewhere = application({ name: 'other', components: [database('db')] }).replace('name: other', 'name: other, namespace: prod')
    await world.up(`${application({ components: [webservice('web')] })}---\n${elsewhere}`)
    await world.clock.advance(TABLE_AND_STARTS)
    expect(world.engine.lookUp('test', 'db.prod.svc.cluster.local')).toHaveLength(1)
    const client = await addressOf(world, 'web')
    look(world, 'db', client)
    for (const name of ['example.com.svc.cluster.local', 'www.example.com.default.svc.cluster.local', 'db.svc.cluster.local'])
      world.engine.lookUp('test', name, client)
    await world.clock.advance(0)
    expect(shown(world)).toEqual([
      'MP6008 web looks up db.default.svc.cluster.local, which does not exist: db is in namespace prod | a short name means the namespace of who asks; write db.prod',
    ])
  })

  test('must be told as not applied yet while the workflow has not come to its component', async () => {
    await using world = networked()
    const steps = [
      '{ name: first, type: apply-component, properties: { component: web } }',
      '{ name: wait, type: suspend }',
      '{ name: later, type: apply-component, properties: { component: db } }',
    ]
    await world.up(application({ components: [webservice('web'), database('db')], steps }))
    await world.clock.advance(TABLE_AND_STARTS)
    look(world, 'db', await addressOf(world, 'web'))
    await world.clock.advance(0)
    expect(shown(world)).toEqual([
      'MP6008 web looks up db.default.svc.cluster.local, which does not exist: component db is not applied yet | let the component that asks depend on db (dependsOn)',
    ])
  })
})

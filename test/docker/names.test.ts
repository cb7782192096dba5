import { expect, test } from '@jest/globals'
import { applicationText, headlessService, nodeComponent, STAY } from '../kit/docker/application-text.ts'
import { CliWorld } from '../kit/docker/cli-world.ts'
import { serverImage } from '../kit/docker/images.ts'
import { ECHO, fetchAs, firstLine, KEEPER, lookUp, PROXY, WHO } from '../kit/docker/network-programs.ts'
import { eventually, throughout } from '../kit/eventually.ts'

const LIMIT = 120_000
const client = nodeComponent({ name: 'client', program: STAY })
const database = (name: string): unknown => nodeComponent({ name, program: ECHO, ports: [5432], env: { NAME: name, PORT: '5432' } })
const gateway = (domain: string, port: number): unknown => ({ type: 'gateway', properties: { domain, http: { '/': port } } })

async function exec(world: CliWorld, command: readonly string[], from = 'client'): Promise<string> {
  return (await world.call('exec', from, '--', ...command)).trim()
}

async function addressesOf(world: CliWorld, name: string): Promise<unknown> {
  return JSON.parse(await exec(world, lookUp(name)))
}

/** Addresses of all containers of ours on the environment's network. */
async function containerAddresses(world: CliWorld, component?: string): Promise<readonly string[]> {
  const found = [
    ...(await world.engine.running('sandbox', component)),
    ...(component === undefined ? await world.engine.running('edge') : []),
  ]
  return found.flatMap(({ NetworkSettings }) => Object.values(NetworkSettings.Networks).map(({ IPAddress }) => IPAddress)).sort()
}

test(
  'two TCP services on the same port are two, and every form of a name in a pod leads to the same address',
  async () => {
    await using world = new CliWorld()
    world.write('app.yaml', applicationText('names', [client, database('orders-db'), database('users-db')]))
    await world.up()
    expect(await exec(world, firstLine('orders-db', 5432))).toBe('orders-db')
    expect(await exec(world, firstLine('users-db', 5432))).toBe('users-db')

    const [address, ...more] = (await addressesOf(world, 'orders-db')) as readonly string[]
    expect(more).toEqual([])
    for (const suffix of ['.default', '.default.svc', '.default.svc.cluster.local', '.default.svc.cluster.local.'])
      expect([suffix, await addressesOf(world, `orders-db${suffix}`)]).toEqual([suffix, [address]])
    // A service address, not a container's.
    expect(await containerAddresses(world)).not.toContain(address)

    const resolver = await exec(world, ['cat', '/etc/resolv.conf'])
    expect(resolver).toMatch(/^search default\.svc\.cluster\.local svc\.cluster\.local cluster\.local$/m)
    expect(resolver).toMatch(/^options .*ndots:5/m)
    // The connection goes to a port that nobody declared: the address is the service's own, so nobody else answers there.
    expect(await exec(world, firstLine('orders-db', 5433))).toBe('ECONNREFUSED')
  },
  LIMIT,
)

test(
  "a proxy that passes its caller's Host on reaches the component that it names, not the one of that Host",
  async () => {
    await using world = new CliWorld()
    const proxy = nodeComponent({
      name: 'proxy',
      program: PROXY,
      ports: [80],
      env: { TO: 'api:8080', PORT: '80' },
      traits: [gateway('www.example.com', 80)],
    })
    const api = nodeComponent({ name: 'api', program: WHO, ports: [8080], env: { NAME: 'api', PORT: '8080' } })
    world.write('app.yaml', applicationText('names', [client, proxy, api]))
    await world.up()
    const { status, text } = await world.get('www.example.com')
    expect([status, JSON.parse(text)]).toEqual([200, expect.objectContaining({ name: 'api', host: 'www.example.com' })])
    // Inside, the address decides whatever the Host says; each component under its own.
    expect(JSON.parse(await exec(world, fetchAs('www.example.com', 'http://api:8080/')))).toMatchObject({ name: 'api' })
    expect(JSON.parse(await exec(world, fetchAs('api', 'http://proxy/')))).toMatchObject({ name: 'api', host: 'api' })
  },
  LIMIT,
)

test(
  'the same with a real nginx, whose configuration is a config map',
  async () => {
    await using world = new CliWorld()
    const conf = 'server { listen 80; location / { proxy_pass http://api:8080; proxy_set_header Host $host; } }'
    const proxy = {
      name: 'proxy',
      type: 'webservice',
      properties: { image: await serverImage('nginx:1.27'), ports: [{ port: 80, expose: true }] },
      traits: [
        gateway('www.example.com', 80),
        { type: 'storage', properties: { configMap: [{ name: 'conf', mountPath: '/etc/nginx/conf.d', data: { 'default.conf': conf } }] } },
      ],
    }
    const api = nodeComponent({ name: 'api', program: WHO, ports: [8080], env: { NAME: 'api', PORT: '8080' }, replicas: 2 })
    world.write('app.yaml', applicationText('names', [proxy, api]))
    await world.up()
    const replicas = new Set<unknown>()
    for (let request = 0; request < 10; request++) {
      const { status, text } = await world.get('www.example.com', '/a')
      const answer = JSON.parse(text) as { readonly replica: unknown }
      expect([status, answer]).toEqual([200, expect.objectContaining({ name: 'api', host: 'www.example.com' })])
      replicas.add(answer.replica)
    }
    // nginx looked the name up once, when it started: the address is the service's, so both replicas answer.
    expect(replicas.size).toBe(2)
  },
  LIMIT,
)

test(
  'a component without a Service has no name, whatever its containers are called, and whoever asks is told why',
  async () => {
    await using world = new CliWorld()
    const quiet = nodeComponent({ name: 'quiet', program: WHO, env: { NAME: 'quiet', PORT: '8080' } })
    world.write('app.yaml', applicationText('names', [client, quiet, database('orders-db')]))
    await world.up()
    for (const name of ['quiet', 'quiet.default', 'quiet.default.svc.cluster.local', 'sandbox', 'edge'])
      expect([name, await addressesOf(world, name)]).toEqual([name, 'ENOTFOUND'])
    expect(await addressesOf(world, 'orders-db')).toEqual([expect.stringMatching(/^[\d.]+$/)])
    // What is looked up in vain is told with what to do about it.
    await eventually(async () => {
      expect(await world.call('status')).toMatch(/MP6008.*client looks up quiet\.default\.svc\.cluster\.local, which does not exist/)
      return true
    })
    await eventually(() => {
      const name = 'quiet.default.svc.cluster.local'
      expect(world.events()).toContainEqual(expect.objectContaining({ type: 'name.unknown', name, client: 'client' }))
      return true
    })
    // Container names are the engine's own: none is a name of the model.
    const { containers } = await world.engine.all()
    expect(containers.filter((name) => ['client', 'quiet', 'orders-db'].includes(name))).toEqual([])
  },
  LIMIT,
)

test(
  'a component that joins later can be reached and breaks no open connection',
  async () => {
    await using world = new CliWorld()
    const keeper = nodeComponent({ name: 'keeper', program: KEEPER, ports: [8080], env: { TO: 'orders-db:5432', PORT: '8080' } })
    const first = [client, keeper, database('orders-db')]
    const state = async (): Promise<unknown> => JSON.parse((await world.get('keeper.names.localhost')).text)
    world.write('app.yaml', applicationText('names', first))
    await world.up()
    await eventually(async () => expect(await state()).toMatchObject({ opened: 1, ended: 0 }) ?? true)
    expect(await addressesOf(world, 'late')).toBe('ENOTFOUND')

    world.write('app.yaml', applicationText('names', [...first, database('late')]))
    await world.up()
    expect(await exec(world, firstLine('late', 5432))).toBe('late')
    world.write('app.yaml', applicationText('names', first))
    await world.up()
    await eventually(async () => expect(await addressesOf(world, 'late')).toBe('ENOTFOUND') ?? true)
    const before = ((await state()) as { readonly echoed: number }).echoed
    await throughout(async () => expect(await state()).toMatchObject({ opened: 1, ended: 0 }), 500)
    expect(((await state()) as { readonly echoed: number }).echoed).toBeGreaterThan(before)
  },
  LIMIT,
)

test(
  'a headless Service is the addresses of its ready replicas',
  async () => {
    await using world = new CliWorld()
    const many = nodeComponent({ name: 'many', program: ECHO, ports: [5432], env: { NAME: 'many', PORT: '5432' }, replicas: 3 })
    world.write('app.yaml', applicationText('names', [client, many], headlessService('many-pods', 'many', 5432)))
    await world.up()
    const replicas = await containerAddresses(world, 'many')
    expect(replicas).toHaveLength(3)
    await eventually(async () => expect(await addressesOf(world, 'many-pods')).toEqual(replicas) ?? true)
    expect(await exec(world, firstLine(replicas[0] ?? '', 5432))).toBe('many')
    const [address] = (await addressesOf(world, 'many')) as readonly string[]
    expect(replicas).not.toContain(address)
    await world.call('scale', 'many=1')
    // Sandboxes stay for the replicas that may come back; an address without a ready replica is not told.
    await eventually(async () => {
      const left = (await addressesOf(world, 'many-pods')) as readonly string[]
      expect([left.length, left.every((each) => replicas.includes(each))]).toEqual([1, true])
      return true
    }, 30_000)
  },
  LIMIT,
)

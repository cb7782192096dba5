import { describe, expect, test } from '@jest/globals'
import { ControlWorld } from '../kit/control-world.ts'
import { application, webservice } from '../kit/oam-text.ts'

const TABLE_AND_STARTS = 1000

/** A web service with a service of its own and one trait. */
const routed = (name: string, trait: string, image = `${name}:1`) =>
  `{ name: ${name}, type: webservice, properties: { image: "${image}", ports: [{ port: 80, containerPort: 8080, expose: true }] }, traits: [${trait}] }`

async function up(world: ControlWorld, ...components: readonly string[]): Promise<void> {
  await world.up(application({ components }))
  await world.clock.advance(TABLE_AND_STARTS)
}

describe('routes of traits', () => {
  test('http-route must lead each domain and path to its service', async () => {
    await using world = new ControlWorld()
    const rules = '[{ path: { value: /api }, port: 80 }, { path: { type: Exact, value: / }, port: 80, serviceName: other }]'
    await up(
      world,
      routed('web', `{ type: http-route, properties: { domains: [shop.example, "*.shop.example"], rules: ${rules} } }`),
      routed('other', ''),
    )
    const ask = async (host: string, path: string) => world.engine.request('test', { host, path })
    expect(await ask('shop.example', '/api/x')).toMatchObject({ status: 200, replica: world.replicas('web')[0] })
    expect(await ask('a.b.shop.example', '/api')).toMatchObject({ status: 200, replica: world.replicas('web')[0] })
    expect(await ask('shop.example', '/')).toMatchObject({ status: 200, replica: world.replicas('other')[0] })
    expect(await ask('shop.example', '/apis')).toMatchObject({ status: 404 })
    expect(await ask('elsewhere.example', '/api')).toMatchObject({ status: 404 })
  })

  test('a gateway without a type of path must take what begins so, as nginx does', async () => {
    await using world = new ControlWorld()
    await up(world, webservice('web', 'web:1'), routed('front', '{ type: gateway, properties: { domain: d.example, http: { /foo: 80 } } }'))
    expect(await world.engine.request('test', { host: 'd.example', path: '/foobar' })).toMatchObject({ status: 200 })
    expect(await world.engine.request('test', { host: 'd.example', path: '/fo' })).toMatchObject({ status: 404 })
  })
})

test('each revision that runs must have a host of its own', async () => {
  await using world = new ControlWorld()
  await up(world, routed('web', ''))
  const [replica = ''] = world.replicas('web')
  const suffix = replica.slice(replica.indexOf('--') + 2, replica.lastIndexOf('.'))
  const app = world.app().name
  const ask = async (called: string) => world.engine.request('test', { host: `${called}.${app}.localhost`, path: '/' })
  expect(await ask(`web--${suffix}`)).toMatchObject({ status: 200, replica })
  expect(await ask('web--other')).toMatchObject({ status: 404 })
  await up(world, routed('web', '', 'web:2'))
  await world.clock.advance(60_000)
  expect(await ask(`web--${suffix}`)).toMatchObject({ status: 404 })
  const [next = ''] = world.replicas('web')
  expect(await ask(`web--${next.slice(next.indexOf('--') + 2, next.lastIndexOf('.'))}`)).toMatchObject({ status: 200, replica: next })
})

test('an annotation that makes no path must be said, and the route serve without it', async () => {
  await using world = new ControlWorld()
  const annotations = '{ nginx.ingress.kubernetes.io/rewrite-target: "/a b" }'
  await up(
    world,
    routed(
      'web',
      `{ type: gateway, properties: { domain: d.example, http: { /: 80 }, existingServiceName: web, annotations: ${annotations} } }`,
    ),
  )
  expect(await world.engine.request('test', { host: 'd.example', path: '/' })).toMatchObject({ status: 200 })
  expect(world.app().diagnostics.map(({ code, message, origin }) => [code, message, origin?.path.slice(-2)])).toEqual([
    ['MP6031', 'route d.example/: "/a b" is not a path; it is not done', ['http', '/']],
  ])
})

test('a port that two applications publish must be said, as long as both do', async () => {
  await using world = new ControlWorld()
  const rule = (gatewayPort: number) => `{ type: tcp-route, properties: { rules: [{ gatewayPort: ${gatewayPort}, port: 80 }] } }`
  const said = (name: string) => world.app(name).diagnostics.map(({ code, message }) => `${code} ${message}`)
  const twice = 'MP6002 port 15432 is published twice; the first one is served'
  const apply = async (name: string, gatewayPort: number): Promise<void> => {
    const path = `/${name}.yaml`
    world.files.texts.set(path, application({ name, components: [routed(`of-${name}`, rule(gatewayPort))] }))
    await world.up('', { files: [{ path }] })
  }
  await apply('one', 15_432)
  await apply('two', 15_432)
  await world.clock.advance(TABLE_AND_STARTS)
  expect([...said('one'), ...said('two')]).toEqual([twice])
  await apply('two', 15_433)
  await world.clock.advance(TABLE_AND_STARTS)
  expect([...said('one'), ...said('two')]).toEqual([])
})

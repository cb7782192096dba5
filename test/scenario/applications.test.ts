import { expect, test } from '@jest/globals'
import { ControlWorld } from '../kit/control-world.ts'
import { application, task, webservice } from '../kit/oam-text.ts'

const shop = application({ components: [webservice('web')] })
const desk = application({ name: 'desk', components: [webservice('tickets')] })
const names = (world: ControlWorld) => world.environment.view().applications.map(({ name }) => name)

async function upTwo(world: ControlWorld): Promise<void> {
  await world.up(`${shop}---\n${desk}`)
  await world.until(() => names(world).every((name) => world.app(name).phase === 'running'))
}

test('several applications must share one environment and its edge', async () => {
  await using world = new ControlWorld()
  await upTwo(world)
  expect(names(world)).toEqual(['shop', 'desk'])
  for (const host of ['web.shop.localhost', 'tickets.desk.localhost'])
    expect(await world.engine.request('test', { host, path: '/' })).toMatchObject({ status: 200 })
})

test('an application that no given file declares any more must stay, and go with --remove-orphans', async () => {
  await using world = new ControlWorld()
  await upTwo(world)
  await world.up(shop)
  await world.clock.advance(60_000)
  expect(names(world)).toEqual(['shop', 'desk'])
  const web = world.replicas('web')
  await world.up(shop, { removeOrphans: true })
  await world.until(() => names(world).length === 1)
  expect(world.events('app.removed')).toEqual([{ type: 'app.removed', app: 'desk' }])
  expect(world.replicas('web')).toEqual(web)
  expect(world.environment.replicas().map(({ component }) => component)).toEqual(['web'])
})

test('down of one application must leave the other alone', async () => {
  await using world = new ControlWorld()
  await upTwo(world)
  const tickets = world.replicas('tickets')
  await world.environment.down({ applications: ['shop'], volumes: false, images: 'none' })
  await world.until(() => names(world).length === 1)
  expect(world.replicas('tickets')).toEqual(tickets)
  expect(await world.engine.request('test', { host: 'web.shop.localhost', path: '/' })).toMatchObject({ status: 404 })
})

test('a component name that another application owns must be refused, in another namespace it is free', async () => {
  await using world = new ControlWorld()
  await world.up(shop)
  await world.until(() => world.app().phase === 'running')
  await expect(world.up(application({ name: 'other', components: [webservice('web')] }))).rejects.toMatchObject({
    status: 409,
    error: { code: 'MP8008', message: expect.stringContaining('shop') },
  })
  const placed = {
    name: 'other',
    components: [webservice('web')],
    policies: ['{ name: away, type: topology, properties: { namespace: away } }'],
  }
  await world.up(application(placed))
  await world.until(() => world.app('other').phase === 'running')
  expect(world.component('web.away').healthy).toBe(true)
})

const CHAIN = application({
  components: [
    task('migrate'),
    webservice('api', 'api:1', 'dependsOn: [migrate]'),
    webservice('web', 'web:1', 'dependsOn: [api]'),
    webservice('docs'),
  ],
})

test('up of some components must bring up what they need and nothing else, and leave the rest of a later state alone', async () => {
  await using world = new ControlWorld({ migrate: { exits: { afterMs: 10, code: 0 } } })
  await world.up(CHAIN, { components: ['api'] })
  await world.until(() => world.app().phase === 'running')
  expect(world.app().components.map(({ key }) => key)).toEqual(['migrate', 'api'])
  await world.up(CHAIN)
  await world.until(() => world.app().phase === 'running' && world.app().components.length === 4)
  const docs = world.replicas('docs')
  await world.up(CHAIN.replace('web:1', 'web:2').replace('docs:1', 'docs:2'), { components: ['web'] })
  await world.until(() => world.app().phase === 'running' && world.component('web').image === 'web:2' && world.component('web').healthy)
  expect(world.replicas('docs')).toEqual(docs)
  expect(world.component('docs').image).toBe('docs:1')
})

test('up of a component that is not declared must be refused with those that are', async () => {
  await using world = new ControlWorld()
  await expect(world.up(CHAIN, { components: ['wep'] })).rejects.toMatchObject({
    status: 404,
    error: { code: 'MP8004', next: expect.stringContaining('docs') },
  })
})

test('up of a component in one namespace must leave its twin in another alone', async () => {
  await using world = new ControlWorld()
  const topology = (name: string) => `{ name: ${name}, type: topology, properties: { namespace: ${name} } }`
  await world.up(application({ components: [webservice('web')], policies: [topology('one'), topology('two')] }), {
    components: ['web.two'],
  })
  await world.until(() => world.app().phase === 'running')
  expect(world.app().components.map(({ key }) => key)).toEqual(['web.two'])
})

test('a component that an override adds can be asked for by its name', async () => {
  await using world = new ControlWorld()
  const policies = [
    '{ name: more, type: override, properties: { components: [{ name: cache, type: worker, properties: { image: "c:1" } }] } }',
  ]
  await world.up(application({ components: [webservice('web')], policies }), { components: ['cache'] })
  await world.until(() => world.app().phase === 'running')
  expect(world.app().components.map(({ key }) => key)).toEqual(['cache'])
})

test('the end of a foreground session must end its applications and no others', async () => {
  await using world = new ControlWorld()
  await world.up(shop, { session: 'terminal-1' })
  await world.up(desk)
  await world.until(() => names(world).every((name) => world.app(name).phase === 'running'))
  await world.environments.endSession('terminal-2')
  await world.clock.advance(60_000)
  expect(names(world)).toEqual(['shop', 'desk'])
  await world.environments.endSession('terminal-1')
  await world.until(() => names(world).length === 1)
  expect(names(world)).toEqual(['desk'])
})

test('an application taken over by a background command must outlive the session that began it', async () => {
  await using world = new ControlWorld()
  await world.up(shop, { session: 'terminal-1' })
  await world.until(() => world.app().phase === 'running')
  await world.up(shop)
  await world.environments.endSession('terminal-1')
  await world.clock.advance(60_000)
  expect(names(world)).toEqual(['shop'])
})

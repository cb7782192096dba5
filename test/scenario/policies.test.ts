import { expect, test } from '@jest/globals'
import { ControlWorld } from '../kit/control-world.ts'
import { application, task, webservice } from '../kit/oam-text.ts'

const override = (components: string, more = '') => `{ name: change, type: override, properties: { components: [${components}]${more} } }`
const shown = (world: ControlWorld) => world.app().components.map(({ key, type, image, desired }) => `${key} ${type} ${image} ${desired}`)
const scaler = (replicas: number) => `{ type: scaler, properties: { replicas: ${replicas} } }`

const BASE = [webservice('web'), webservice('web-admin'), '{ name: jobs, type: worker, properties: { image: "jobs:1" } }']

test.each([
  [
    'a name is a pattern without anchors',
    '{ name: web, properties: { image: "x:2" } }',
    ['web webservice x:2 1', 'web-admin webservice x:2 1', 'jobs worker jobs:1 1'],
  ],
  [
    'anchors are up to the writer',
    '{ name: "^web$", properties: { image: "x:2" } }',
    ['web webservice x:2 1', 'web-admin webservice web-admin:1 1', 'jobs worker jobs:1 1'],
  ],
  [
    'a star stands for any characters',
    '{ name: "w*n", properties: { image: "x:2" } }',
    ['web webservice web:1 1', 'web-admin webservice x:2 1', 'jobs worker jobs:1 1'],
  ],
  [
    'a type alone means every component of it',
    `{ type: worker, traits: [${scaler(2)}] }`,
    ['web webservice web:1 1', 'web-admin webservice web-admin:1 1', 'jobs worker jobs:1 2'],
  ],
  [
    'neither name nor type means all',
    `{ traits: [${scaler(2)}] }`,
    ['web webservice web:1 2', 'web-admin webservice web-admin:1 2', 'jobs worker jobs:1 2'],
  ],
  [
    'another type replaces the component',
    '{ name: jobs, type: webservice, properties: { image: "y:1" } }',
    ['web webservice web:1 1', 'web-admin webservice web-admin:1 1', 'jobs webservice y:1 1'],
  ],
  [
    'a name that matches nothing adds one',
    '{ name: cache, type: worker, properties: { image: "z:1" } }',
    ['web webservice web:1 1', 'web-admin webservice web-admin:1 1', 'jobs worker jobs:1 1', 'cache worker z:1 1'],
  ],
])('an override must do what KubeVela does: %s', async (_rule, change, expected) => {
  await using world = new ControlWorld()
  await world.up(application({ components: BASE, policies: [override(change)] }))
  await world.until(() => world.app().phase === 'running')
  expect(world.app().workflow.steps.map(({ name, type }) => `${name} ${type}`)).toEqual(['deploy deploy'])
  expect(shown(world)).toEqual(expected)
})

test('a selector must leave out what it does not name, and a disabled trait must be gone', async () => {
  await using world = new ControlWorld()
  await world.up(
    application({
      components: [
        webservice('web', 'web:1', `traits: [${scaler(3)}, { type: gateway, properties: { http: { "/": 8080 } } }]`),
        webservice('api'),
      ],
      policies: [override('{ name: web, traits: [{ type: scaler, disable: true }] }', ', selector: [web]')],
    }),
  )
  await world.until(() => world.app().phase === 'running')
  expect(shown(world)).toEqual(['web webservice web:1 1'])
  expect(world.component('web').traits.map(({ type }) => type)).toEqual(['gateway'])
})

test('each topology must get a step and a namespace of its own, with every override', async () => {
  await using world = new ControlWorld()
  await world.up(
    application({
      components: [webservice('web')],
      policies: [
        '{ name: one, type: topology, properties: { namespace: one } }',
        override('{ name: web, properties: { image: "x:2" } }'),
        '{ name: two, type: topology, properties: { clusters: [local], namespace: two } }',
      ],
    }),
  )
  await world.until(() => world.app().phase === 'running')
  expect(world.app().workflow).toMatchObject({ generated: true, mode: 'DAG-DAG' })
  expect(world.app().workflow.steps.map(({ name }) => name)).toEqual(['deploy-one', 'deploy-two'])
  expect(shown(world)).toEqual(['web.one webservice x:2 1', 'web.two webservice x:2 1'])
})

test('a topology for a cluster that is not there must be refused at its line, and nothing change', async () => {
  await using world = new ControlWorld()
  await world.up(application({ components: [webservice('web')] }))
  await world.until(() => world.app().phase === 'running')
  const order = world.up(
    application({
      components: [webservice('web', 'web:2')],
      policies: ['{ name: far, type: topology, properties: { clusters: [moon] } }'],
    }),
  )
  await expect(order).rejects.toMatchObject({
    status: 422,
    error: {
      diagnostics: [{ severity: 'error', line: 8, message: expect.stringContaining('moon'), hint: expect.stringContaining('local') }],
    },
  })
  expect(world.app().revision).toBe('shop-v1')
  expect(world.component('web').image).toBe('web:1')
})

const collect = (properties: string) => `{ name: keep, type: garbage-collect, properties: ${properties} }`

test.each([
  ['without a policy it goes', [], false],
  ['keepLegacyResource keeps everything', [collect('{ keepLegacyResource: true }')], true],
  [
    'a rule by name keeps it until the application is deleted',
    [collect('{ rules: [{ selector: { componentNames: [jobs] }, strategy: onAppDelete }] }')],
    true,
  ],
  ['a rule by type keeps it for ever', [collect('{ rules: [{ selector: { componentTypes: [worker] }, strategy: never }] }')], true],
  ['a rule for another component does not', [collect('{ rules: [{ selector: { componentNames: [web] }, strategy: never }] }')], false],
  ['onAppUpdate is the default', [collect('{ rules: [{ selector: { componentNames: [jobs] } }] }')], false],
])('a component that left the model must be treated as garbage-collect says: %s', async (_rule, policies, kept) => {
  await using world = new ControlWorld()
  await world.up(application({ components: BASE, policies }))
  await world.until(() => world.app().phase === 'running')
  await world.up(application({ components: BASE.slice(0, 2), policies }))
  await world.until(() => world.app().phase === 'running' && world.app().revision === 'shop-v2')
  await world.clock.advance(60_000)
  expect(world.environment.replicas().some(({ component }) => component === 'jobs')).toBe(kept)
  expect(world.app().components.some(({ key }) => key === 'jobs')).toBe(kept)
})

test('what a policy keeps must still end with its application', async () => {
  await using world = new ControlWorld()
  const policies = [collect('{ keepLegacyResource: true }')]
  const environment = await world.up(application({ components: BASE, policies }))
  await world.until(() => world.app().phase === 'running')
  await world.up(application({ components: BASE.slice(0, 2), policies }))
  await world.until(() => world.app().phase === 'running' && world.app().revision === 'shop-v2')
  await environment.down({ applications: [], volumes: false, images: 'none' })
  await world.until(() => world.environments.idle())
  expect(await world.engine.environments(new AbortController().signal)).toEqual([])
})

const once = (properties: string) => [`{ name: hands-off, type: apply-once, properties: ${properties} }`]

test.each([
  ['nothing said', undefined, 2],
  ['the whole application', once('{ enable: true }'), 5],
  ['not enabled', once('{ enable: false }'), 2],
  ['the path of the count', once('{ enable: true, rules: [{ strategy: { path: [spec.replicas] } }] }'), 5],
  ['another component', once('{ enable: true, rules: [{ selector: { componentNames: [api] }, strategy: { path: ["*"] } }] }'), 2],
  ['another path', once('{ enable: true, rules: [{ strategy: { path: [spec.template] } }] }'), 2],
  ['on updates only', once('{ enable: true, rules: [{ strategy: { affect: onUpdate, path: ["*"] } }] }'), 2],
])('a count set by hand must be put back by state-keep unless apply-once covers it: %s', async (_rule, policies, count) => {
  await using world = new ControlWorld()
  const components = [webservice('web', 'web:1', `traits: [${scaler(2)}]`), webservice('api')]
  const environment = await world.up(application({ components, ...(policies === undefined ? {} : { policies }) }))
  await world.until(() => world.app().phase === 'running')
  await environment.command({ do: 'scale', replicas: { web: 5 } })
  await world.until(() => world.component('web').ready === 5)
  await world.clock.advance(310_000)
  expect(world.component('web').desired).toBe(count)
})

test.each([
  ['nothing said', undefined, 2],
  ['on updates', once('{ enable: true, rules: [{ strategy: { affect: onUpdate, path: [spec.replicas] } }] }'), 5],
  ['always', once('{ enable: true, rules: [{ strategy: { path: [spec.replicas] } }] }'), 5],
  ['on state-keep only', once('{ enable: true, rules: [{ strategy: { affect: onStateKeep, path: [spec.replicas] } }] }'), 2],
])('a count set by hand must be reset by a new version unless apply-once covers updates: %s', async (_rule, policies, count) => {
  await using world = new ControlWorld()
  const text = (image: string) =>
    application({ components: [webservice('web', image, `traits: [${scaler(2)}]`)], ...(policies === undefined ? {} : { policies }) })
  const environment = await world.up(text('web:1'))
  await world.until(() => world.app().phase === 'running')
  await environment.command({ do: 'scale', replicas: { web: 5 } })
  await world.until(() => world.component('web').ready === 5)
  await world.up(text('web:2'))
  await world.until(() => world.app().phase === 'running' && world.component('web').healthy)
  expect(world.component('web')).toMatchObject({ desired: count, image: 'web:2' })
})

test('an edit must wait for a new publishVersion', async () => {
  await using world = new ControlWorld()
  const text = (image: string, version: string) =>
    application({ annotations: { 'app.oam.dev/publishVersion': version }, components: [webservice('web', image)] })
  await world.up(text('web:1', 'v1'))
  await world.until(() => world.app().phase === 'running')
  await world.up(text('web:2', 'v1'))
  await world.clock.advance(60_000)
  expect(world.component('web').image).toBe('web:1')
  await world.up(text('web:2', 'v2'))
  await world.until(() => world.app().phase === 'running' && world.app().revision === 'shop-v2')
  expect(world.component('web').image).toBe('web:2')
})

test('a job cannot be scaled, and says so', async () => {
  await using world = new ControlWorld({ migrate: { exits: { afterMs: 10, code: 0 } } })
  const environment = await world.up(application({ components: [task('migrate')] }))
  await world.until(() => world.app().phase === 'running')
  await expect(environment.command({ do: 'scale', replicas: { migrate: 2 } })).rejects.toMatchObject({
    status: 409,
    error: { code: 'MP8012' },
  })
})

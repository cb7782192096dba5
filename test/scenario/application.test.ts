import { expect, test } from '@jest/globals'
import { ControlWorld } from '../kit/control-world.ts'

const SHOP = `apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: { name: shop }
spec:
  components:
    - name: migrate
      type: task
      properties: { image: migrate:1, cmd: [run] }
    - name: api
      type: webservice
      dependsOn: [migrate]
      properties: { image: api:1, ports: [{ port: 8080, expose: true }] }
    - name: web
      type: webservice
      dependsOn: [api]
      properties: { image: web:1, ports: [{ port: 8000 }] }
      traits:
        - { type: scaler, properties: { replicas: 2 } }
`

test('an application must come up in the order of its dependencies and be reported in the words of KubeVela', async () => {
  await using world = new ControlWorld({ migrate: { exits: { afterMs: 2000, code: 0 } }, api: { readyMs: 1000 }, web: { readyMs: 500 } })
  await world.up(SHOP)
  expect(world.app().phase).toBe('runningWorkflow')
  expect(world.component('api')).toMatchObject({ applied: false, message: 'not applied yet' })
  await world.until(() => world.app().phase === 'running')
  expect(world.component('migrate').message).toBe('Active/Failed/Succeeded:0/0/1')
  expect(world.component('web')).toMatchObject({ healthy: true, message: 'Ready:2/2', desired: 2 })
  expect(world.app().workflow.steps.map((step) => `${step.name} ${step.phase}`)).toEqual([
    'migrate succeeded',
    'api succeeded',
    'web succeeded',
  ])
})

test('down must leave nothing, and the environment must be forgotten', async () => {
  await using world = new ControlWorld({ migrate: { exits: { afterMs: 10, code: 0 } } })
  const environment = await world.up(SHOP)
  await world.until(() => world.app().phase === 'running')
  await environment.down({ applications: [], volumes: false, images: 'none' })
  await world.until(() => environment.view().applications.length === 0)
  await world.until(() => world.environments.idle())
  expect(await world.engine.environments(new AbortController().signal)).toEqual([])
  expect(world.store.documents.size).toBe(0)
  expect(world.events('app.removed')).toEqual([{ type: 'app.removed', app: 'shop' }])
})

test('a changed component must be replaced without a moment of fewer ready replicas', async () => {
  await using world = new ControlWorld({ migrate: { exits: { afterMs: 10, code: 0 } }, web: { readyMs: 700 } })
  await world.up(SHOP)
  await world.until(() => world.app().phase === 'running')
  const before = world.replicas('web')
  let lowest = 2
  await world.up(SHOP.replace('web:1', 'web:2'))
  await world.until(() => {
    lowest = Math.min(lowest, world.component('web').replicas.filter((replica) => replica.phase === 'ready').length)
    return world.component('web').healthy && world.component('web').replicas.every((replica) => !before.includes(replica.id))
  })
  expect(lowest).toBe(2)
  expect(world.component('web').replicas).toHaveLength(2)
  expect(world.app().revision).toBe('shop-v2')
})

test('an unchanged model must change nothing', async () => {
  await using world = new ControlWorld({ migrate: { exits: { afterMs: 10, code: 0 } } })
  await world.up(SHOP)
  await world.until(() => world.app().phase === 'running')
  const before = world.replicas('web')
  const started = world.events('step.started').length
  await world.up(SHOP)
  await world.clock.advance(30_000)
  expect(world.replicas('web')).toEqual(before)
  expect(world.events('step.started')).toHaveLength(started)
})

test('a crashed replica must be restarted in place, at once and then with back-off', async () => {
  await using world = new ControlWorld({ migrate: { exits: { afterMs: 10, code: 0 } } })
  await world.up(SHOP)
  await world.until(() => world.app().phase === 'running')
  const [replica] = world.replicas('api')
  if (replica === undefined) throw new Error('api has no replica')
  world.engine.crash('test', replica)
  await world.until(() => world.component('api').replicas[0]?.restarts === 1 && world.component('api').healthy, 1000)
  world.engine.crash('test', replica)
  await world.clock.advance(5000)
  expect(world.component('api').holds).toMatchObject([{ reason: 'crash-backoff' }])
  await world.until(() => world.component('api').replicas[0]?.restarts === 2 && world.component('api').healthy, 6000)
  expect(world.replicas('api')).toEqual([replica])
})

test('a component that leaves the model must leave the environment', async () => {
  await using world = new ControlWorld({ migrate: { exits: { afterMs: 10, code: 0 } } })
  await world.up(SHOP)
  await world.until(() => world.app().phase === 'running')
  await world.up(SHOP.slice(0, SHOP.indexOf('    - name: web')))
  await world.until(() => world.app().phase === 'running' && world.app().components.length === 2)
  await world.until(() => !world.environment.replicas().some((replica) => replica.component.startsWith('web')))
})

test('a model that no longer loads must leave the last good one running and be reported', async () => {
  await using world = new ControlWorld({ migrate: { exits: { afterMs: 10, code: 0 } } })
  await world.up(SHOP)
  await world.until(() => world.app().phase === 'running')
  world.files.write('/app.yaml', SHOP.replace('dependsOn: [api]', 'dependsOn: [apii]'))
  await world.until(() => world.events('model.rejected').length === 1)
  expect(world.events('model.rejected')[0]?.diagnostics[0]).toMatchObject({
    severity: 'error',
    line: 15,
    hint: expect.stringContaining('"api"'),
  })
  expect(world.app().phase).toBe('running')
  world.files.write('/app.yaml', SHOP.replace('web:1', 'web:3'))
  await world.until(() => world.app().revision === 'shop-v2' && world.app().phase === 'running')
  expect(world.component('web').image).toBe('web:3')
})

test('a restarted daemon must adopt what runs and finish what was interrupted', async () => {
  await using world = new ControlWorld({ migrate: { exits: { afterMs: 10, code: 0 } }, web: { readyMs: 1000 } })
  await world.up(SHOP)
  await world.until(() => world.app().phase === 'running')
  const api = world.replicas('api')
  await world.up(SHOP.replace('web:1', 'web:2'))
  await world.clock.advance(100)
  await world.restartDaemon()
  await world.until(() => world.app().phase === 'running' && world.component('web').healthy)
  expect(world.replicas('api')).toEqual(api)
  expect(world.component('web').image).toBe('web:2')
  expect(world.component('web').replicas).toHaveLength(2)
})

test('a request to a component that starts must be held and answered', async () => {
  await using world = new ControlWorld({ migrate: { exits: { afterMs: 10, code: 0 } }, api: { startMs: 200, readyMs: 3000 } })
  await world.up(SHOP)
  await world.until(() => world.component('api').applied && world.component('api').replicas.length > 0)
  const answer = world.engine.request('test', { host: 'api.shop.localhost', path: '/' })
  await world.clock.advance(10_000)
  expect(await answer).toMatchObject({ status: 200 })
})

test('a stopped component must refuse with the reason, and answer again after start', async () => {
  await using world = new ControlWorld({ migrate: { exits: { afterMs: 10, code: 0 } } })
  const environment = await world.up(SHOP)
  await world.until(() => world.app().phase === 'running')
  await environment.command({ do: 'stop', components: ['web'] })
  await world.until(() => world.component('web').replicas.length === 0)
  expect(await world.engine.request('test', { host: 'web.shop.localhost', path: '/' })).toMatchObject({ status: 503 })
  await environment.command({ do: 'start', components: ['web'] })
  await world.until(() => world.component('web').healthy && world.component('web').replicas.length === 2)
  expect(await world.engine.request('test', { host: 'web.shop.localhost', path: '/' })).toMatchObject({ status: 200 })
})

test('a restart must go through the replicas one after the other', async () => {
  await using world = new ControlWorld({ migrate: { exits: { afterMs: 10, code: 0 } }, web: { readyMs: 500 } })
  const environment = await world.up(SHOP)
  await world.until(() => world.app().phase === 'running')
  await environment.command({ do: 'restart', components: ['web'] })
  let lowest = 2
  await world.until(() => {
    lowest = Math.min(lowest, world.component('web').replicas.filter((replica) => replica.phase === 'ready').length)
    return world.component('web').replicas.every((replica) => replica.restarts === 1) && world.component('web').healthy
  })
  expect(lowest).toBe(1)
})

test('a count set by hand must be put back by state-keep after five minutes, unless apply-once says otherwise', async () => {
  await using world = new ControlWorld({ migrate: { exits: { afterMs: 10, code: 0 } } })
  const environment = await world.up(SHOP)
  await world.until(() => world.app().phase === 'running')
  await environment.command({ do: 'scale', replicas: { web: 4 } })
  await world.until(() => world.component('web').ready === 4)
  await world.clock.advance(301_000)
  expect(world.component('web').desired).toBe(2)
  await world.up(`${SHOP}  policies:\n    - { name: once, type: apply-once, properties: { enable: true } }\n`)
  await world.until(() => world.app().phase === 'running')
  await environment.command({ do: 'scale', replicas: { web: 3 } })
  await world.clock.advance(900_000)
  expect(world.component('web').desired).toBe(3)
})

test('a component that was ready and is no more must refuse at once, because nothing is bringing it up', async () => {
  const text = SHOP.replace(
    'ports: [{ port: 8080, expose: true }] }',
    'ports: [{ port: 8080, expose: true }], readinessProbe: { httpGet: { path: /ready, port: 8080 }, periodSeconds: 1 } }',
  )
  await using world = new ControlWorld({
    migrate: { exits: { afterMs: 10, code: 0 } },
    api: { probe: ({ ranMs }) => ({ ok: ranMs > 6000 && ranMs < 20_000, detail: 'status 503' }) },
  })
  await world.up(text)
  await world.until(() => world.component('api').replicas.length > 0)
  await world.clock.advance(5000)
  const early = world.engine.request('test', { host: 'api.shop.localhost', path: '/' })
  await world.until(() => world.app().phase === 'running')
  expect(await early).toMatchObject({ status: 200 })
  await world.until(() => world.component('api').ready === 0)
  const late = world.engine.request('test', { host: 'api.shop.localhost', path: '/' })
  await world.clock.advance(10)
  expect(await late).toMatchObject({ status: 503, detail: expect.stringContaining('status 503') })
})

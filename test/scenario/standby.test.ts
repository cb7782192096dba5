import { describe, expect, test } from '@jest/globals'
import type { ScalePolicy } from '../../src/model/scale-policy.ts'
import { downRequest } from '../../src/wire/requests.ts'
import { ControlWorld } from '../kit/control-world.ts'

const origin = { file: '/app.yaml', doc: 0, path: [] }

const policy: ScalePolicy = {
  min: 0,
  max: 10,
  initial: 0,
  triggers: [
    {
      name: 's0-http',
      named: false,
      type: 'http',
      metadata: {},
      metricType: 'AverageValue',
      target: 10,
      activation: 0,
      useCachedMetrics: false,
      from: { by: 'edge', metric: 'concurrency', windowMs: 60_000, average: false },
      auth: {},
      origin,
    },
  ],
  pollMs: 30_000,
  cooldownMs: 60_000,
  initialCooldownMs: 0,
  standby: 1,
}

const shop = (scale: Partial<ScalePolicy>, image = 'web:1'): string => `apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: { name: shop }
spec:
  components:
    - name: web
      type: webservice
      properties:
        image: ${image}
        ports: [{ port: 8000, expose: true }]
        livenessProbe: { httpGet: { path: /live, port: 8000 }, initialDelaySeconds: 70, periodSeconds: 1, failureThreshold: 1 }
        readinessProbe: { httpGet: { path: /ready, port: 8000 }, initialDelaySeconds: 20, periodSeconds: 10 }
      traits:
        - { type: test-scale, properties: { policy: ${JSON.stringify(scale)} } }
        - { type: gateway, properties: { domain: web.test, http: { '/': 8000 } } }
`

const web = { host: 'web.test', path: '/' }

const phases = (world: ControlWorld): string =>
  [...world.component('web').replicas]
    .sort((left, right) => left.ordinal - right.ordinal)
    .map(({ ordinal, phase }) => `${ordinal} ${phase}`)
    .join(', ')

const frozen = async (world: ControlWorld): Promise<readonly number[]> => {
  const owner = { environment: 'test', instance: 'first' }
  const { replicas } = await world.engine.observe(owner, new AbortController().signal)
  return replicas.filter((replica) => replica.frozen).map(({ ordinal }) => ordinal)
}

describe('a replica that stands by', () => {
  test('becomes ready once and is frozen, counts for nothing, and is not ended for its silence', async () => {
    await using world = new ControlWorld({ web: { readyMs: 1500 } })
    await world.up(shop(policy))
    await world.until(() => phases(world) === '0 standby')
    expect(world.component('web')).toMatchObject({ desired: 0, ready: 0, healthy: true })
    await world.clock.advance(120_000)
    expect(await frozen(world)).toEqual([0])
    expect(world.component('web').replicas[0]).toMatchObject({ phase: 'standby', restarts: 0 })
  })

  test('is thawed by the first request, which waits for no start, and another one takes its place', async () => {
    await using world = new ControlWorld({ web: { readyMs: 60_000 } })
    await world.up(shop(policy))
    await world.until(() => phases(world) === '0 standby')
    const answer = world.engine.request('test', web)
    await world.clock.advance(1000)
    expect(await answer).toMatchObject({ status: 200, waitedMs: expect.any(Number) })
    expect((await answer).waitedMs).toBeLessThan(100)
    expect(world.component('web')).toMatchObject({ desired: 1, ready: 1, healthy: true })
    await world.until(() => phases(world) === '0 ready, 1 standby')
    await world.until(() => world.component('web').desired === 0)
    await world.until(() => phases(world) === '1 standby')
    expect(world.component('web')).toMatchObject({ desired: 0, healthy: true })
    // The next one is called although its successor has the lower ordinal.
    const again = world.engine.request('test', web)
    await world.clock.advance(1000)
    expect((await again).waitedMs).toBeLessThan(100)
    await world.until(() => phases(world) === '0 standby, 1 ready')
  })

  test('is called by any growth, and the rest is started', async () => {
    await using world = new ControlWorld()
    const environment = await world.up(shop({ initial: 1, min: 1, max: 1, triggers: [], standby: 1 }))
    await world.until(() => phases(world) === '0 ready, 1 standby')
    await environment.command({ do: 'scale', replicas: { web: 3 } })
    await world.until(() => phases(world) === '0 ready, 1 ready, 2 ready, 3 standby')
    expect(world.component('web')).toMatchObject({ desired: 3, ready: 3, healthy: true })
    await environment.command({ do: 'scale', replicas: { web: 1 } })
    await world.until(() => phases(world) === '0 ready, 3 standby')
  })

  test('is replaced when the revision changes, after the wanted ones, and ends with the component', async () => {
    await using world = new ControlWorld()
    const environment = await world.up(shop({ initial: 1, min: 1, max: 1, triggers: [], standby: 1 }))
    await world.until(() => phases(world) === '0 ready, 1 standby')
    const [first] = world.component('web').replicas
    await world.up(shop({ initial: 1, min: 1, max: 1, triggers: [], standby: 1 }, 'web:2'))
    await world.until(() => world.component('web').replicas.every(({ revision }) => revision !== first?.revision))
    await world.until(() => /^\d ready, \d standby$|^\d standby, \d ready$/.test(phases(world)))
    expect(await frozen(world)).toHaveLength(1)
    await environment.command({ do: 'stop', components: ['web'] })
    await world.until(() => phases(world) === '')
    await environment.command({ do: 'start', components: ['web'] })
    await world.until(() => phases(world) === '0 ready, 1 standby')
    await environment.down(downRequest.parse({}))
    await world.until(() => world.environments.get('test')?.view().applications.length === 0)
  })

  test('is started again when it dies, and stays one over a restart of the daemon', async () => {
    await using world = new ControlWorld()
    await world.up(shop(policy))
    await world.until(() => phases(world) === '0 standby')
    const [id] = world.replicas('web')
    if (id === undefined) throw new Error('there is no replica')
    world.engine.crash('test', id)
    await world.until(() => world.component('web').replicas[0]?.restarts === 1)
    await world.until(() => phases(world) === '0 standby')
    expect(await frozen(world)).toEqual([0])
    await world.restartDaemon()
    await world.until(() => phases(world) === '0 standby')
    await world.clock.advance(10_000)
    expect(phases(world)).toBe('0 standby')
    const answer = world.engine.request('test', web)
    await world.clock.advance(30_000)
    expect(await answer).toMatchObject({ status: 200 })
  })

  test('is left running where the engine cannot freeze, takes no requests until it is called, and that is said', async () => {
    await using world = new ControlWorld({ web: { readyMs: 60_000 } })
    Reflect.deleteProperty(world.engine, 'freezer')
    await world.up(shop({ ...policy, min: 1, initial: 1 }))
    await world.until(() => phases(world) === '0 ready, 1 standby')
    expect(await frozen(world)).toEqual([])
    expect(world.component('web').notes.map(({ text }) => text)).toContainEqual(expect.stringContaining('left running'))
    const [serving, standby] = [...world.component('web').replicas].sort((left, right) => left.ordinal - right.ordinal)
    for (let count = 0; count < 10; count++) {
      const answer = world.engine.request('test', web)
      await world.clock.advance(1000)
      expect(await answer).toMatchObject({ status: 200, replica: serving?.id })
    }
    await world.environment.command({ do: 'scale', replicas: { web: 2 } })
    await world.clock.advance(1000)
    expect(world.component('web').replicas.find(({ id }) => id === standby?.id)).toMatchObject({ phase: 'ready' })
  })
})

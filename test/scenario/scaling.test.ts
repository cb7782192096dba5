import { describe, expect, test } from '@jest/globals'
import type { ScalePolicy, ScaleTrigger } from '../../src/model/scale-policy.ts'
import type { RequestTarget } from '../../src/simulate/memory-edge.ts'
import { ControlWorld } from '../kit/control-world.ts'

const origin = { file: '/app.yaml', doc: 0, path: [] }

const trigger = (more: Partial<ScaleTrigger> & Pick<ScaleTrigger, 'type' | 'from' | 'target'>): ScaleTrigger => ({
  name: `s0-${more.type}`,
  named: false,
  metadata: {},
  metricType: 'AverageValue',
  activation: 0,
  useCachedMetrics: false,
  auth: {},
  origin,
  ...more,
})

const concurrency = trigger({
  type: 'http',
  target: 10,
  from: { by: 'edge', metric: 'concurrency', windowMs: 60_000, average: false },
})

const policy = (more: Partial<ScalePolicy> = {}): ScalePolicy => ({
  min: 0,
  max: 10,
  initial: 0,
  triggers: [concurrency],
  pollMs: 30_000,
  cooldownMs: 60_000,
  initialCooldownMs: 0,
  ...more,
})

const shop = (scale: ScalePolicy): string => `apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: { name: shop }
spec:
  components:
    - name: web
      type: webservice
      properties: { image: web:1, ports: [{ port: 8000, expose: true }] }
      traits:
        - { type: test-scale, properties: { policy: ${JSON.stringify(scale)} } }
        - { type: gateway, properties: { domain: web.test, http: { '/': 8000 } } }
`

const web: RequestTarget = { host: 'web.test', path: '/' }

describe('a component that is scaled by requests', () => {
  test('sleeps until the first request, which is held and answered, and sleeps again after the cool-down', async () => {
    await using world = new ControlWorld({ web: { readyMs: 1500 } })
    await world.up(shop(policy()))
    await world.clock.advance(60_000)
    expect(world.component('web')).toMatchObject({ desired: 0, ready: 0, healthy: true })

    const answer = world.engine.request('test', web)
    await world.until(() => world.component('web').ready === 1)
    expect(await answer).toMatchObject({ status: 200, waitedMs: expect.any(Number) })
    expect(world.events('scale.decided').map(({ from, to }) => `${from} -> ${to}`)).toEqual(['0 -> 1'])

    await world.until(() => world.component('web').desired === 0)
    await world.until(() => world.replicas('web').length === 0)
    expect(world.events('scale.decided').at(-1)?.because.join(' ')).toContain('cool')
  })

  test('has six replicas by the second sync for sixty requests in flight at a target of ten', async () => {
    await using world = new ControlWorld({ web: { readyMs: 500, responseMs: 120_000 } })
    await world.up(shop(policy()))
    const answers = Array.from({ length: 60 }, () => world.engine.request('test', web))
    await world.clock.advance(15_000)
    await world.clock.advance(15_000)
    expect(world.component('web').desired).toBe(6)
    await world.until(() => world.component('web').ready === 6)
    await world.clock.advance(120_000)
    expect((await Promise.all(answers)).every(({ status }) => status === 200)).toBe(true)
    await world.until(() => world.component('web').desired === 0)
  })

  test('serves two hundred that wait at once in their order, and forgets those that leave', async () => {
    await using world = new ControlWorld({ web: { readyMs: 2000 } })
    await world.up(shop(policy()))
    const order: number[] = []
    const leaving = new AbortController()
    const answers = Array.from({ length: 200 }, async (_, index) => {
      const answer = await world.engine.request('test', web)
      order.push(index)
      return answer
    })
    const gone = world.engine.request('test', web, { signal: leaving.signal })
    await world.clock.advance(500)
    expect(world.environment.scale('web').held).toBe(0)
    await world.clock.advance(600)
    expect(world.environment.scale('web').held).toBe(201)
    leaving.abort()
    await world.until(() => order.length === 200)
    expect(order).toEqual(Array.from({ length: 200 }, (_, index) => index))
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array.from({ length: 200 }, () => 200))
    expect(await gone).toMatchObject({ status: 499 })
  })

  test('says what it waits for and what comes next', async () => {
    await using world = new ControlWorld({ web: { readyMs: 10, responseMs: 20_000 } })
    await world.up(shop(policy()))
    void world.engine.request('test', web)
    await world.until(() => world.component('web').ready === 1)
    expect(world.environment.scale('web')).toMatchObject({
      replicas: 1,
      ready: 1,
      triggers: [{ name: 's0-http', active: true, value: 1, target: 10, from: 'edge' }],
      decisions: expect.arrayContaining([expect.objectContaining({ by: 'poll', from: 0, to: 1 })]),
    })
    await world.clock.advance(60_000)
    const { next, now, conditions } = world.environment.scale('web')
    expect(conditions).toContainEqual(expect.objectContaining({ type: 'Active', status: 'False', reason: 'ScalerCooldown' }))
    expect((next.coolDownEndsAt ?? 0) > now).toBe(true)
    expect((next.pollAt ?? 0) > now && (next.syncAt ?? 0) > now).toBe(true)
  })
})

const waiting = trigger({ type: 'azure-eventhub', target: 5, from: { by: 'hand' } })

describe('what is decided by hand', () => {
  test('a value that was set scales, and without one nothing moves', async () => {
    await using world = new ControlWorld({})
    const environment = await world.up(shop(policy({ triggers: [waiting], initial: 1 })))
    await world.clock.advance(600_000)
    expect(world.component('web').desired).toBe(1)
    expect(world.component('web').scaling?.failing).toEqual([
      { trigger: 's0-azure-eventhub', error: expect.stringContaining('no value was set') },
    ])
    expect(environment.scale('web').triggers[0]?.error).toContain('minipaas metric set web s0-azure-eventhub')
    await environment.command({ do: 'metric', component: 'web', trigger: 'azure-eventhub', value: 23 })
    await world.clock.advance(60_000)
    expect(world.component('web').desired).toBe(5)
    expect(world.component('web').scaling?.failing).toBeUndefined()
    await environment.command({ do: 'metric', component: 'web', trigger: '0', value: 0 })
    await world.until(() => world.component('web').desired === 0)
    await expect(environment.command({ do: 'metric', component: 'web', trigger: 'kafka', value: 1 })).rejects.toMatchObject({
      error: { code: 'MP8017' },
    })
  })

  test('a pause keeps the size, or sets it, until it is resumed', async () => {
    await using world = new ControlWorld({})
    const environment = await world.up(shop(policy({ triggers: [waiting], initial: 1 })))
    await environment.command({ do: 'metric', component: 'web', trigger: '0', value: 40 })
    await environment.command({ do: 'pause', components: ['web'] })
    await world.clock.advance(120_000)
    expect(world.component('web').desired).toBe(1)
    expect(environment.scale('web').annotations).toEqual([{ name: 'autoscaling.keda.sh/paused', value: 'true', byHand: true }])
    await environment.command({ do: 'pause', components: ['web'], replicas: 3 })
    await world.until(() => world.component('web').ready === 3)
    await environment.command({ do: 'resume', components: ['web'] })
    await world.until(() => world.component('web').desired === 8)
  })

  test('a size is where the scaler goes on from, and a stopped component is left alone', async () => {
    await using world = new ControlWorld({})
    const environment = await world.up(shop(policy({ triggers: [waiting], initial: 1, min: 1 })))
    await environment.command({ do: 'metric', component: 'web', trigger: '0', value: 20 })
    await environment.command({ do: 'scale', replicas: { web: 7 } })
    await world.until(() => world.component('web').ready === 7)
    await world.until(() => world.component('web').desired === 4, 900_000)
    await environment.command({ do: 'stop', components: ['web'] })
    await world.clock.advance(120_000)
    expect(world.component('web').desired).toBe(0)
    await environment.command({ do: 'start', components: ['web'] })
    await world.until(() => world.component('web').ready === 4)
  })
})

test('another daemon goes on from the same size and cool-down', async () => {
  await using world = new ControlWorld({})
  const environment = await world.up(shop(policy({ triggers: [waiting], initial: 1 })))
  await environment.command({ do: 'metric', component: 'web', trigger: '0', value: 15 })
  await world.until(() => world.component('web').desired === 3)
  await world.restartDaemon()
  await world.clock.advance(45_000)
  expect(world.component('web').desired).toBe(3)
  await world.environment.command({ do: 'metric', component: 'web', trigger: '0', value: 0 })
  await world.until(() => world.component('web').desired === 0, 900_000)
  expect(world.events('scale.decided').map(({ from, to }) => `${from} -> ${to}`)).toEqual(['1 -> 3', '3 -> 0'])
})

describe('the clock of decisions', () => {
  test('runs faster than the machine, and the policy stays as it is', async () => {
    await using world = new ControlWorld({ web: { readyMs: 100 } })
    const environment = await world.up(shop(policy()), { speed: 20 })
    void world.engine.request('test', web)
    await world.until(() => world.component('web').desired === 1)
    const began = world.clock.now()
    await world.until(() => world.component('web').desired === 0)
    // 60 s of cool-down and at most one poll of 30 s.
    expect(world.clock.now() - began).toBeLessThanOrEqual(5000)
    expect(environment.clock()).toMatchObject({ kind: 'scaled', speed: 20 })
    await expect(world.up(shop(policy()), { speed: 2 })).rejects.toMatchObject({ error: { code: 'MP8019' } })
    await world.up(shop(policy()))
    expect(environment.clock().speed).toBe(20)
  })

  test('stands still until it is told, and then waits for what was decided', async () => {
    await using world = new ControlWorld({ web: { readyMs: 100 } })
    const environment = await world.up(shop(policy({ triggers: [waiting], initial: 1, cooldownMs: 7_200_000 })), { clock: 'virtual' })
    const start = environment.clock().now
    await world.clock.advance(3_600_000)
    expect(environment.clock().now).toBe(start)
    await environment.command({ do: 'metric', component: 'web', trigger: '0', value: 30 })
    const pass = async (ms: number): Promise<void> => {
      let done = false
      const advanced = environment.advance(ms, new AbortController().signal).finally(() => {
        done = true
      })
      await world.until(() => done)
      await advanced
    }
    await pass(15_000)
    expect(world.component('web')).toMatchObject({ desired: 4, ready: 4 })
    await pass(15_000)
    expect(world.component('web')).toMatchObject({ desired: 6, ready: 6 })
    await environment.command({ do: 'metric', component: 'web', trigger: '0', value: 0 })
    await pass(7_000_000)
    expect(world.component('web').desired).toBe(1)
    await pass(300_000)
    expect(world.component('web').desired).toBe(0)
    expect(environment.clock().now - start).toBe(7_330_000)
  })
})

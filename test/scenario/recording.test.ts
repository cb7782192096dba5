import { expect, test } from '@jest/globals'
import type { ScalePolicy } from '../../src/model/scale-policy.ts'
import type { RequestTarget } from '../../src/simulate/memory-edge.ts'
import type { TraceItem } from '../../src/wire/record.ts'
import { isTraceHeader, type TraceHeader, type TraceLine } from '../../src/wire/trace.ts'
import { ControlWorld } from '../kit/control-world.ts'

const origin = { file: '/app.yaml', doc: 0, path: [] }
const policy: ScalePolicy = {
  ...{ min: 0, max: 10, initial: 0, pollMs: 30_000, cooldownMs: 60_000, initialCooldownMs: 0 },
  triggers: [
    {
      ...{ name: 's0-http', type: 'http', named: false, metadata: {}, metricType: 'AverageValue', target: 10, activation: 0 },
      ...{ useCachedMetrics: false, auth: {}, origin },
      from: { by: 'edge', metric: 'concurrency', windowMs: 60_000, average: false },
    },
  ],
}

const shop = `apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: { name: shop }
spec:
  components:
    - name: web
      type: webservice
      properties: { image: web:1, ports: [{ port: 8000, expose: true }] }
      traits:
        - { type: test-scale, properties: { policy: ${JSON.stringify(policy)} } }
        - { type: gateway, properties: { domain: web.test, http: { '/': 8000 } } }
    - name: plain
      type: webservice
      properties: { image: plain:1, ports: [{ port: 8000, expose: true }] }
`
const web: RequestTarget = { host: 'web.test', path: '/' }

/** A recording of the environment of a world. */
class Recorded {
  readonly items: TraceItem[] = []
  readonly stop = new AbortController()
  readonly over: Promise<void>

  constructor(world: ControlWorld, components: readonly string[] = []) {
    const signals = { stop: this.stop.signal, gone: new AbortController().signal }
    this.over = world.environment.record({ components: [...components] }, (item) => this.items.push(item), signals)
    this.over.catch(() => {})
  }

  get header(): TraceHeader {
    const [first] = this.items
    if (!isTraceHeader(first)) throw new Error('there is no header')
    return first
  }

  get lines(): readonly TraceLine[] {
    return this.items.slice(1) as readonly TraceLine[]
  }

  of<K extends TraceLine['kind']>(kind: K): readonly Extract<TraceLine, { kind: K }>[] {
    return this.lines.filter((line): line is Extract<TraceLine, { kind: K }> => line.kind === kind)
  }

  async end(world: ControlWorld): Promise<void> {
    this.stop.abort()
    await world.clock.advance(10_000)
    await this.over
  }
}

test('a recording has what came, what was decided and how long starts took, in order of time', async () => {
  await using world = new ControlWorld({ web: { readyMs: 1500, responseMs: 120_000 } })
  await world.up(shop)
  await world.clock.advance(5000)
  const startedAt = world.clock.now()
  const recorded = new Recorded(world, ['web'])
  await world.clock.advance(2500)
  const answers = Array.from({ length: 60 }, () => world.engine.request('test', web))
  await world.until(() => world.component('web').ready === 6)
  await world.clock.advance(125_000)
  await Promise.all(answers)
  await world.until(() => world.replicas('web').length === 0)
  await recorded.end(world)

  expect(recorded.header).toEqual({
    ...{ minipaasTrace: 1, environment: 'test', startedAt, speed: 1, everyMs: 1000 },
    components: [{ name: 'web', policyHash: expect.stringMatching(/^[0-9a-f]{10}$/), replicas: 0, pollInMs: 25_000, syncInMs: 10_000 }],
  })
  const loads = recorded.of('load')
  expect(loads.reduce((sum, { arrivals }) => sum + arrivals, 0)).toBe(60)
  expect(Math.max(...loads.map(({ inFlightMax }) => inFlightMax))).toBe(60)
  expect(loads.every(({ t }) => t % 1000 === 0)).toBe(true)
  expect(loads.find(({ arrivals }) => arrivals > 0)?.t).toBeGreaterThanOrEqual(3000)
  expect(loads.some(({ readings }) => readings?.['s0-http'] === 60)).toBe(true)

  const sizes = recorded.of('replicas').map(({ from, to }) => [from, to])
  expect(sizes).toEqual(world.events('scale.decided').map(({ from, to }) => [from, to]))
  expect(recorded.of('replicas')[0]).toMatchObject({ t: 2500, from: 0, to: 1, by: 'poll' })
  expect(recorded.of('replicas').some(({ by }) => by === 'sync')).toBe(true)
  expect(recorded.of('start')).toHaveLength(6)
  // From the decision on: at least what the program takes, and no more than a second beside it.
  for (const { delayMs } of recorded.of('start')) {
    expect(delayMs).toBeGreaterThanOrEqual(1500)
    expect(delayMs).toBeLessThan(2500)
  }
  expect(recorded.lines.map(({ t }) => t)).toEqual(recorded.lines.map(({ t }) => t).toSorted((left, right) => left - right))
})

test('a size that was set by hand is said to be so; everything is recorded where nothing is named; the last line says how long it is', async () => {
  await using world = new ControlWorld({})
  await world.up(shop)
  await world.clock.advance(5000)
  const recorded = new Recorded(world)
  await world.clock.advance(1000)
  await world.environment.command({ do: 'scale', replicas: { plain: 3 } })
  await world.until(() => world.component('plain').ready === 3)
  await world.clock.advance(60_000)
  await recorded.end(world)
  expect(recorded.header.components.map(({ name, replicas }) => [name, replicas])).toEqual([
    ['web', 0],
    ['plain', 1],
  ])
  expect(recorded.of('replicas')).toEqual([{ kind: 'replicas', t: 1000, component: 'plain', from: 1, to: 3, by: 'hand' }])
  expect(recorded.of('start')).toHaveLength(2)
  expect(recorded.lines.at(-1)).toMatchObject({ kind: 'load', arrivals: 0 })
  expect(recorded.lines.at(-1)?.t).toBeGreaterThanOrEqual(61_000)
})

test('it ends with the environment, complete', async () => {
  await using world = new ControlWorld({})
  await world.up(shop)
  await world.clock.advance(5000)
  const recorded = new Recorded(world)
  await world.environment.down({ applications: [], volumes: true, images: 'none' })
  await world.clock.advance(60_000)
  await recorded.over
  expect(recorded.of('load').map(({ component }) => component)).toEqual(expect.arrayContaining(['web', 'plain']))
})

test('what is not there is refused', async () => {
  await using world = new ControlWorld({})
  await world.up(shop)
  await expect(new Recorded(world, ['wob']).over).rejects.toMatchObject({ error: { code: 'MP8004' } })
})

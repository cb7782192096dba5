import { describe, expect, test } from '@jest/globals'
import type { LoadGenerator } from '../../../src/control/measuring-ports.ts'
import type { LoadFigures, LoadReport, LoadRequest } from '../../../src/wire/load.ts'
import { loadRequest } from '../../../src/wire/load.ts'
import { ControlWorld } from '../../kit/control-world.ts'

const shop = `apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: { name: shop }
spec:
  components:
    - name: web
      type: webservice
      properties: { image: web:1, ports: [{ port: 8000, expose: true }] }
    - name: inner
      type: webservice
      properties: { image: inner:1, ports: [{ port: 9000 }] }
      traits:
        - { type: gateway, properties: { domain: inner.test, http: { '/api': 9000 } } }
    - name: silent
      type: worker
      properties: { image: silent:1 }
    - name: once
      type: task
      properties: { image: once:1 }
`

const piece = { startSeconds: 0, endSeconds: 10, from: 5, to: 5 }
const rate: LoadRequest['streams'] = [{ arrivals: 'constant', pieces: [piece] }]
const never = new AbortController().signal

const figures: LoadFigures = {
  ...{ elapsedMs: 10, due: 1, sent: 1, answered: 1, inFlight: 0, waiting: 0, unsent: 0, failed: 0 },
  ...{ statuses: {}, errors: {}, repeated: 0, limited: 0, bytesIn: 0 },
}

/** Sends nothing, and says where it would have gone. */
class NoLoad implements LoadGenerator {
  readonly runs: Parameters<LoadGenerator['run']>[0][] = []

  async run(...[load, report]: Parameters<LoadGenerator['run']>): Promise<LoadFigures> {
    this.runs.push(load)
    report(figures)
    return { ...figures, answered: 2 }
  }
}

async function withShop<T>(check: (world: ControlWorld, generator: NoLoad) => Promise<T>): Promise<T> {
  const generator = new NoLoad()
  await using world = new ControlWorld({}, { load: generator })
  await world.up(shop)
  await world.clock.advance(10_000)
  return await check(world, generator)
}

function load(world: ControlWorld, request: Partial<LoadRequest>, reports: LoadReport[] = []): Promise<void> {
  const order = loadRequest.parse({ target: { component: 'web' }, streams: rate, ...request })
  return world.environment.load(order, (report) => reports.push(report), { stop: never, gone: never })
}

describe('a component', () => {
  test('is loaded at its own port, and told of beside the load', async () => {
    await withShop(async (world, generator) => {
      const reports: LoadReport[] = []
      await load(world, { path: '/a?b', headers: [['x', 'y']] }, reports)
      const { port } = world.environment.port('web', undefined)
      expect(generator.runs[0]?.destination).toEqual({
        ...{ host: '127.0.0.1', port, tls: false, authority: `127.0.0.1:${port}`, method: 'GET', path: '/a?b', headers: [['x', 'y']] },
      })
      const component = { key: 'web', wanted: 1, ready: 1, held: 0 }
      const url = `http://127.0.0.1:${port}/a?b`
      expect(reports).toMatchObject([
        { schemaVersion: 1, type: 'progress', url, component, answered: 1 },
        { type: 'summary', url, component, answered: 2 },
      ])
    })
  })

  test('without a port of its own is loaded through its route', async () => {
    const generator = new NoLoad()
    await using world = new ControlWorld({}, { load: generator, serviceRange: '10.96.0.0/16' })
    await world.up(shop)
    await world.clock.advance(10_000)
    await load(world, { target: { component: 'inner' } })
    expect(generator.runs[0]?.destination).toMatchObject({ host: '127.0.0.1', path: '/api', tls: false })
    expect(generator.runs[0]?.destination.authority).toMatch(/^inner\.test:\d+$/)
    await load(world, { target: { component: 'web' } })
    expect(generator.runs[1]?.destination.authority).toMatch(/^web\.shop\.localhost:\d+$/)
  })

  test.each([
    [{ component: 'wob' }, 'MP8004'],
    [{ component: 'silent' }, 'MP8014'],
    [{ component: 'once' }, 'MP8031'],
    [{ component: 'web', port: 1 }, 'MP8014'],
  ])('%j is refused', async (target, code) => {
    await withShop(async (world, generator) => {
      await expect(load(world, { target })).rejects.toMatchObject({ error: { code } })
      expect(generator.runs).toEqual([])
    })
  })
})

describe('a URL', () => {
  test.each([
    ['http://localhost:8080', '127.0.0.1', 8080, 'localhost:8080', '/', false],
    ['http://web.shop.localhost:8080/x?y=1', '127.0.0.1', 8080, 'web.shop.localhost:8080', '/x?y=1', false],
    ['https://127.0.0.2/', '127.0.0.2', 443, '127.0.0.2', '/', true],
    ['http://[::1]:99/', '::1', 99, '[::1]:99', '/', false],
    ['http://2130706433/', '127.0.0.1', 80, '127.0.0.1', '/', false],
  ])('%s is of this machine', async (url, host, port, authority, path, tls) => {
    await withShop(async (world, generator) => {
      await load(world, { target: { url } })
      expect(generator.runs[0]?.destination).toEqual({ host, port, authority, path, tls, method: 'GET', headers: [] })
    })
  })

  test('a path that looks like a host is none', async () => {
    await withShop(async (world, generator) => {
      await load(world, { target: { url: 'http://localhost:8080/' }, path: '//example.com/x' })
      expect(generator.runs[0]?.destination).toMatchObject({ host: '127.0.0.1', path: '//example.com/x' })
    })
  })

  test.each([
    ['http://example.com/'],
    ['http://10.0.0.1/'],
    ['http://127.0.0.1.example.com/'],
    ['http://localhost.example.com/'],
    ['http://0.0.0.0:8080/'],
    ['http://[::ffff:10.0.0.1]/'],
    ['http://user:word@localhost/'],
    ['ftp://localhost/'],
    ['localhost:8080'],
  ])('%s is refused', async (url) => {
    await withShop(async (world, generator) => {
      const refusal = { status: 400, error: { code: 'MP8031', next: expect.any(String) } }
      await expect(load(world, { target: { url } })).rejects.toMatchObject(refusal)
      expect(generator.runs).toEqual([])
    })
  })
})

describe('too much is refused', () => {
  const tooMuch: readonly (readonly [string, ...(typeof piece)[][]])[] = [
    ['requests', [{ startSeconds: 0, endSeconds: 3600, from: 300, to: 300 }]],
    ['a second', [{ ...piece, from: 9000, to: 9000 }], [{ ...piece, from: 2000, to: 2000 }]],
    ['in order', [{ ...piece }, { ...piece }]],
    ['in order', [{ ...piece, endSeconds: 0, startSeconds: 1 }]],
  ]

  test.each(tooMuch)('%s', async (words, ...streams) => {
    await withShop(async (world) => {
      const all = streams.map((pieces) => ({ arrivals: 'constant' as const, pieces }))
      await expect(load(world, { streams: all })).rejects.toMatchObject({
        error: { code: 'MP8032', message: expect.stringContaining(words) },
      })
    })
  })

  test('where nothing can be sent, and where nothing runs', async () => {
    await using world = new ControlWorld()
    const empty = await world.environments.open('test')
    const order = loadRequest.parse({ target: { component: 'web' }, streams: rate })
    await expect(empty.load(order, () => {}, { stop: never, gone: never })).rejects.toMatchObject({ error: { code: 'MP8003' } })
    await world.up(shop)
    await expect(load(world, {})).rejects.toMatchObject({ status: 503, error: { code: 'MP8031' } })
  })
})

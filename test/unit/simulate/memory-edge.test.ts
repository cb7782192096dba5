import { describe, expect, test } from '@jest/globals'
import type { EdgeProbe } from '../../../src/model/edge.ts'
import { aReplicaId } from '../../kit/builders.ts'
import { MemoryWorld, never, owner, web } from './memory-world.ts'

describe('tables', () => {
  test('are acknowledged with the ports of their listeners', async () => {
    const world = new MemoryWorld()
    await world.attach()
    const serve = { by: 'routes' } as const
    await world.send({
      listeners: [
        { id: 'web', host: '127.0.0.1', port: 8080, taken: 'next', serve },
        { id: 'publish/8080', host: '127.0.0.1', port: 8080, taken: 'fail', serve },
        { id: 'other', host: '127.0.0.1', port: 8080, taken: 'next', serve },
        { id: 'any', host: '127.0.0.1', port: 0, taken: 'any', serve },
      ],
    })
    expect(world.heard).toEqual([
      { type: 'hello', protocol: 1, pid: 1, tableVersion: 0, bound: {} },
      {
        type: 'ack',
        version: 1,
        bound: { web: 8080, other: 8081, any: 20_000 },
        problems: [{ listener: 'publish/8080', message: 'port 8080 is taken' }],
      },
    ])
  })

  test('outlive the control channel', async () => {
    const world = new MemoryWorld()
    await world.start()
    await world.attach()
    await world.serve([0])
    world.engine.disconnectEdge('shop')
    expect(await world.engine.request('shop', { backend: web })).toMatchObject({ status: 200 })
    await world.attach()
    expect(world.heard.at(-1)).toMatchObject({ type: 'hello', tableVersion: 1 })
  })
})

describe('requests', () => {
  test('are balanced over the ready replicas, by route or straight to a backend', async () => {
    const world = new MemoryWorld()
    for (const ordinal of [0, 1]) await world.start(undefined, ordinal)
    await world.attach()
    await world.serve([0, 1])
    const answers = []
    for (let count = 0; count < 4; count++) answers.push(await world.engine.request('shop', { host: 'shop.example', path: '/cart' }))
    expect(answers.map(({ replica }) => replica)).toEqual([0, 1, 0, 1].map((ordinal) => aReplicaId('web', '7f3', ordinal)))
    expect(await world.engine.request('shop', { host: 'elsewhere.example', path: '/' })).toMatchObject({ status: 404 })
  })

  test('are answered by a route that redirects', async () => {
    const world = new MemoryWorld()
    await world.attach()
    await world.send({ routes: [{ path: '/old', pathType: 'prefix', targets: [], redirect: { status: 308 }, holdMs: 5000 }] })
    expect(await world.engine.request('shop', { host: 'any', path: '/old/x' })).toMatchObject({ status: 308 })
    expect(await world.engine.request('shop', { host: 'any', path: '/' })).toMatchObject({ status: 404 })
  })

  test('are held until a replica is ready, and demand is told at once', async () => {
    const world = new MemoryWorld()
    await world.attach()
    await world.serve([])
    const held = [world.engine.request('shop', { backend: web }), world.engine.request('shop', { backend: web })]
    await world.settle()
    expect(world.said('demand')).toEqual([{ type: 'demand', backend: web, held: 1 }])
    await world.clock.advance(1500)
    await world.start()
    await world.serve([0])
    expect(await Promise.all(held)).toEqual(
      [0, 1].map(() => ({ status: 200, replica: aReplicaId('web', '7f3'), waitedMs: 1500, detail: '' })),
    )
    expect(world.said('held').map((message) => (message.type === 'held' ? message.event : ''))).toEqual([
      'held',
      'held',
      'released',
      'released',
    ])
  })

  test('are answered 504 when the hold time of their route is over', async () => {
    const world = new MemoryWorld()
    await world.attach()
    await world.serve([])
    const held = world.engine.request('shop', { host: 'shop.example', path: '/' })
    await world.clock.advance(5000)
    expect(await held).toMatchObject({ status: 504, waitedMs: 5000 })
  })

  test('are refused with the reason when nobody brings a replica up, also those that wait already', async () => {
    const world = new MemoryWorld()
    await world.attach()
    await world.serve([])
    const held = world.engine.request('shop', { backend: web })
    await world.settle()
    await world.serve([], { refuse: 'web is stopped' })
    expect(await held).toMatchObject({ status: 503, detail: 'web is stopped' })
    expect(await world.engine.request('shop', { backend: web })).toEqual({ status: 503, waitedMs: 0, detail: 'web is stopped' })
  })

  test('whose client goes away leave the queue', async () => {
    const world = new MemoryWorld()
    await world.attach()
    await world.serve([])
    const client = new AbortController()
    const held = world.engine.request('shop', { backend: web }, { signal: client.signal })
    await world.settle()
    client.abort()
    expect(await held).toMatchObject({ status: 499 })
    expect(world.said('held').at(-1)).toMatchObject({ event: 'cancelled' })
  })

  test('go to another replica when one refuses the connection, and the control core hears of it', async () => {
    const world = new MemoryWorld()
    for (const ordinal of [0, 1]) await world.start(undefined, ordinal)
    await world.attach()
    await world.serve([0, 1])
    world.engine.crash('shop', aReplicaId('web', '7f3', 0))
    expect(await world.engine.request('shop', { backend: web })).toMatchObject({ status: 200, replica: aReplicaId('web', '7f3', 1) })
    expect(world.said('outlier')).toMatchObject([{ replica: aReplicaId('web', '7f3', 0) }])
  })

  test('that are cut off in the middle are answered 502', async () => {
    const world = new MemoryWorld({ web: { responseMs: 1000 } })
    const { ref } = await world.start()
    await world.attach()
    await world.serve([0])
    const request = world.engine.request('shop', { backend: web })
    await world.clock.advance(500)
    world.engine.crash('shop', ref.id)
    expect(await request).toMatchObject({ status: 502 })
  })

  test('are counted', async () => {
    const world = new MemoryWorld({ web: { responseMs: 30, status: 404 } })
    await world.start()
    await world.attach()
    await world.serve([0])
    const request = world.engine.request('shop', { backend: web })
    await world.clock.advance(1000)
    await request
    expect(world.said('counters')).toMatchObject([
      { at: 2000, backends: [{ backend: web, requests: 1, inFlight: 0, statusClasses: [0, 0, 0, 1, 0] }] },
    ])
    await world.clock.advance(10_000)
    expect(world.said('counters')).toHaveLength(1)
  })
})

describe('draining', () => {
  test('is over when the last request of the replica has ended', async () => {
    const world = new MemoryWorld({ web: { responseMs: 400 } })
    for (const ordinal of [0, 1]) await world.start(undefined, ordinal)
    await world.attach()
    await world.serve([0])
    const running = world.engine.request('shop', { backend: web })
    await world.settle()
    await world.serve([1], { draining: [0] })
    expect(world.said('drained')).toEqual([])
    const next = world.engine.request('shop', { backend: web })
    await world.clock.advance(400)
    expect(world.said('drained')).toEqual([{ type: 'drained', replica: aReplicaId('web', '7f3', 0), version: 2 }])
    expect([await running, await next].map(({ replica }) => replica)).toEqual([0, 1].map((ordinal) => aReplicaId('web', '7f3', ordinal)))
  })

  test('of an idle replica is over at once', async () => {
    const world = new MemoryWorld()
    await world.start()
    await world.attach()
    await world.serve([], { draining: [0] })
    expect(world.said('drained')).toHaveLength(1)
  })
})

describe('probes', () => {
  const probe: EdgeProbe = {
    ...{ replica: aReplicaId('web', '7f3'), container: 'web', kind: 'ready', action: { by: 'tcp', port: 8000 }, host: '', port: 8000 },
    ...{ epoch: 0, delayMs: 0, everyMs: 100, timeoutMs: 1000, successes: 1, failures: 3 },
  }

  test('tell of a change and of the threshold, nothing else', async () => {
    const world = new MemoryWorld({ web: { readyMs: 450 } })
    await world.start()
    await world.attach()
    await world.send({ probes: [probe] })
    await world.clock.advance(2000)
    expect(world.said('probe').map((message) => (message.type === 'probe' ? [message.ok, message.repeated, message.detail] : []))).toEqual([
      [false, 1, 'connection refused'],
      [false, 3, 'connection refused'],
      [true, 1, 'answered'],
    ])
  })

  test('are answered by the scenario over time, and not at all by a frozen replica', async () => {
    const world = new MemoryWorld({ web: { probe: ({ ranMs }) => ({ ok: ranMs < 300, detail: `after ${ranMs}` }) } })
    const { ref } = await world.start()
    await world.attach()
    await world.send({ probes: [{ ...probe, kind: 'live' }] })
    await world.clock.advance(350)
    expect(world.said('probe').at(-1)).toMatchObject({ kind: 'live', ok: false, detail: 'after 300' })
    await world.engine.freezer.freeze(ref, never)
    world.engine.behave({})
    await world.clock.advance(100)
    await world.engine.freezer.thaw(ref, never)
    expect((await world.engine.observe(owner, never)).replicas[0]?.frozen).toBe(false)
  })

  test('end with their replica and are told anew to a new control core', async () => {
    const world = new MemoryWorld()
    await world.start()
    await world.attach()
    await world.send({ probes: [probe] })
    await world.clock.advance(100)
    await world.attach()
    await world.clock.advance(100)
    expect(world.said('probe')).toHaveLength(2)
    await world.send({ probes: [] })
    expect(world.clock.next()).toBeUndefined()
  })
})

import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import type { EdgeMessage, ReplicaCounters } from '../../../src/model/edge.ts'
import { eventually } from '../../kit/eventually.ts'
import { aBackend, aTable, EdgeWorld, serviceListenerOf, starting, stopped, webListener } from './edge-world.ts'
import { Followed } from './followed.ts'
import { RawClient } from './raw-client.ts'
import { ReplicaServer, TcpReplica } from './replica-server.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`

function replicaCounters(world: EdgeWorld): Promise<readonly ReplicaCounters[]> {
  return eventually(() => world.all('counters').at(-1)?.backends[0]?.replicas)
}

async function echoing(): Promise<ReplicaServer> {
  return ReplicaServer.start((request, response) => {
    request.resume().on('end', () => {
      response.setHeader('x-trace', request.headers.traceparent ?? 'none')
      response.setHeader('x-id', String(request.headers['x-request-id']))
      response.statusCode = request.url?.startsWith('/bad') === true ? 500 : 200
      response.end('hello')
    })
  })
}

describe('a request that has ended', () => {
  test('is told with its replica, status, sizes and trace; never with its query or its body', async () => {
    await using server = await echoing()
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica('web--a.0')] }))
    const followed = new Followed(world)
    using client = new RawClient(world.port())
    client.send(
      `POST /orders?token=secret HTTP/1.1\r\nHost: web.shop.localhost\r\nContent-Length: 6\r\ntraceparent: ${TRACEPARENT}\r\nX-Request-Id: mine\r\n\r\nsecret`,
    )
    await client.until(/hello/)
    const [record] = await followed.until(1)
    expect(record).toEqual({
      id: 'test.1',
      at: expect.any(Number),
      app: 'shop',
      component: 'web',
      port: 80,
      replica: 'web--a.0',
      client: '127.0.0.1',
      protocol: 'http/1.1',
      method: 'POST',
      host: 'web.shop.localhost',
      path: '/orders',
      status: 200,
      waitedMs: 0,
      tookMs: expect.any(Number),
      bytesIn: 6,
      bytesOut: 5,
      traceId: TRACE,
      requestId: 'mine',
    })
    expect(JSON.stringify(world.messages)).not.toContain('secret')
  })

  test('has the trace and the id that were made for it, as its replica saw them', async () => {
    await using server = await echoing()
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    const followed = new Followed(world)
    const answers = [await fetch(world.url('/1')), await fetch(world.url('/2'))]
    const records = await followed.until(2)
    const seen = answers.map(({ headers }) => ({ trace: headers.get('x-trace')?.slice(3, 35), id: headers.get('x-id') }))
    expect(records.map(({ traceId, requestId }) => ({ trace: traceId, id: requestId }))).toEqual(seen)
    expect(seen[0]?.trace).toMatch(/^[0-9a-f]{32}$/)
    expect(seen[0]?.trace).not.toBe(seen[1]?.trace)
  })

  test('at a service address has a trace only where it brought one, and gets none', async () => {
    await using server = await echoing()
    await using world = new EdgeWorld()
    await world.push(aTable({ backends: [aBackend('web', { replicas: [server.replica()] })], listeners: [serviceListenerOf('web')] }))
    const followed = new Followed(world)
    const url = `http://127.0.0.1:${world.port('service/web.default:80')}/`
    const without = await fetch(url)
    const given = await fetch(url, { headers: { traceparent: TRACEPARENT } })
    expect([without.headers.get('x-trace'), given.headers.get('x-trace')]).toEqual(['none', TRACEPARENT])
    expect((await followed.until(2)).map(({ traceId }) => traceId)).toEqual([undefined, TRACE])
  })

  test('that was held has its wait', async () => {
    await using server = await echoing()
    await using world = await EdgeWorld.with(aBackend('web', { gate: starting }))
    const followed = new Followed(world)
    const answer = fetch(world.url())
    await eventually(() => (world.held === 1 ? true : undefined))
    await eventually(() => world.all('counters').some(({ backends }) => backends[0]?.held === 1) || undefined)
    await world.change(aBackend('web', { replicas: [server.replica()] }))
    expect((await answer).status).toBe(200)
    const [record] = await followed.until(1)
    const waited = world.all('held').find(({ event }) => event === 'released')?.waitedMs ?? Number.NaN
    expect(waited).toBeGreaterThan(0)
    expect(record?.waitedMs).toBe(waited)
    expect(record?.tookMs).toBeGreaterThanOrEqual(waited)
  })

  test('that no replica answered says why', async () => {
    await using garbage = await TcpReplica.start((socket) => socket.on('data', () => socket.end('nonsense\r\n\r\n')))
    await using world = await EdgeWorld.with(aBackend('web', { gate: stopped }))
    const followed = new Followed(world)
    await fetch(world.url('/stopped'))
    await world.change(aBackend('web', { replicas: [garbage.replica('web--b.1')] }))
    await fetch(world.url('/garbage'))
    await world.push(aTable({ backends: [aBackend('web')], routes: [] }))
    await fetch(world.url('/nowhere?secret'))
    using client = new RawClient(world.port())
    client.send('GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n')
    await client.untilEnd()
    const records = await followed.until(4)
    expect(records.map(({ path, status, replica, component, reason }) => ({ path, status, replica, component, reason }))).toEqual([
      { path: '/stopped', status: 503, component: 'web', reason: 'web is stopped (MP6003)' },
      { path: '/garbage', status: 502, component: 'web', replica: 'web--b.1', reason: expect.stringMatching(/^web: /) },
      { path: '/nowhere', status: 404, reason: expect.stringMatching(/^no route/) },
      { status: 400, reason: 'there is more than one Host field' },
    ])
    expect(JSON.stringify(records)).not.toContain('secret')
  })

  test('that cannot be read at a service address is told of its component', async () => {
    await using world = new EdgeWorld()
    await world.push(aTable({ backends: [aBackend('web')], listeners: [serviceListenerOf('web')] }))
    const followed = new Followed(world)
    using client = new RawClient(world.port('service/web.default:80'))
    client.send('GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n')
    await client.untilEnd()
    expect(await followed.until(1)).toMatchObject([{ component: 'web', status: 400, reason: 'there is more than one Host field' }])
  })

  test('whose client left is told once, with 499 before the answer and its status after it', async () => {
    await using server = await ReplicaServer.start((request, response) => {
      if (request.url === '/begun') response.write('begin')
    })
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    const followed = new Followed(world)
    using silent = new RawClient(world.port())
    silent.get('/silent')
    await eventually(() => (server.connections === 1 ? true : undefined))
    silent.socket.destroy()
    using begun = new RawClient(world.port())
    begun.get('/begun')
    await begun.until(/begin/)
    begun.socket.destroy()
    const records = await followed.until(2)
    await world.change(aBackend('web', { gate: starting }))
    using waiting = new RawClient(world.port())
    waiting.get('/waiting')
    await eventually(() => (world.held === 1 ? true : undefined))
    waiting.socket.destroy()
    await followed.until(3)
    expect(followed.records.map(({ path, status, reason }) => `${path} ${status} ${reason}`)).toEqual([
      '/silent 499 the client left before the answer was complete',
      '/begun 200 the client left before the answer was complete',
      '/waiting 499 the client left while the request waited',
    ])
    expect(records[1]?.bytesOut).toBeGreaterThanOrEqual(5)
  })
})

describe('connections', () => {
  test('a WebSocket is told when it ends, and counted while it is open', async () => {
    await using server = await ReplicaServer.start(() => {})
    server.server.on('upgrade', (request, socket) => {
      const accept = createHash('sha1')
        .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
        .digest('base64')
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      )
      socket.on('data', () => socket.write(Buffer.from([0x81, 0x02, 0x68, 0x69])))
      socket.on('end', () => socket.end())
    })
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica('web--a.0')] }))
    const followed = new Followed(world)
    using client = new RawClient(world.port())
    client.get('/live', 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: abc\r\n')
    await client.until(/101 Switching/)
    client.send('\x81\x82\x00\x00\x00\x00ho')
    await client.until(/hi/)
    await eventually(async () => ((await replicaCounters(world))[0]?.open === 1 ? true : undefined))
    expect(followed.records).toEqual([])
    client.socket.end()
    const [record] = await followed.until(1)
    expect(record).toMatchObject({ protocol: 'websocket', path: '/live', status: 101, replica: 'web--a.0', bytesIn: 8, bytesOut: 4 })
    await eventually(async () => ((await replicaCounters(world))[0]?.open === 0 ? true : undefined))
    expect((await replicaCounters(world))[0]).toMatchObject({ connections: 1, requests: 1, statusClasses: [1, 0, 0, 0, 0], inFlight: 0 })
  })

  test('a spliced one is told with what went over it; a silent one is not told', async () => {
    await using server = await TcpReplica.start((socket) => socket.on('data', (data) => socket.write(data)).on('end', () => socket.end()))
    await using world = new EdgeWorld()
    const listeners = [webListener, serviceListenerOf('web')]
    await world.push(aTable({ backends: [aBackend('web', { replicas: [server.replica('web--a.0')] })], listeners }))
    const followed = new Followed(world)
    const port = world.port('service/web.default:80')
    using silent = new RawClient(port)
    await eventually(() => (server.accepted === 1 ? true : undefined))
    silent.socket.destroy()
    using client = new RawClient(port)
    client.send('\x00\x01!')
    await client.until(/!/)
    client.socket.end()
    await client.untilEnd()
    const [record, ...more] = await followed.until(1)
    expect(more).toEqual([])
    expect(record).toEqual({
      id: 'test.1',
      at: expect.any(Number),
      app: 'shop',
      component: 'web',
      port: 80,
      replica: 'web--a.0',
      client: '127.0.0.1',
      protocol: 'tcp',
      waitedMs: 0,
      tookMs: expect.any(Number),
      bytesIn: 3,
      bytesOut: 3,
    })
  })

  test('a refused one says why', async () => {
    await using world = new EdgeWorld()
    await world.push(aTable({ backends: [aBackend('web', { gate: stopped })], listeners: [serviceListenerOf('web')] }))
    const followed = new Followed(world)
    using client = new RawClient(world.port('service/web.default:80'))
    client.send('\x00\x01\x02')
    await client.untilEnd()
    expect(await followed.until(1)).toMatchObject([{ protocol: 'tcp', component: 'web', reason: 'web is stopped (MP6003)' }])
  })
})

describe('whoever follows', () => {
  test('is told of the last ones first, at once, and of nothing after the end', async () => {
    await using server = await echoing()
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    for (let number = 1; number <= 4; number++) await (await fetch(world.url(`/${number}`))).text()
    const followed = new Followed(world, { last: 2 })
    expect(followed.messages).toHaveLength(1)
    expect(followed.records.map(({ id, path }) => `${id} ${path}`)).toEqual(['test.3 /3', 'test.4 /4'])
    await (await fetch(world.url('/5'))).text()
    await followed.until(3)
    world.send({ type: 'follow-requests', on: false, last: 0, id: 1 })
    await (await fetch(world.url('/6'))).text()
    const again = new Followed(world, { id: 2, last: 1 })
    expect(again.records.map(({ path }) => path)).toEqual(['/6'])
    expect(followed.records.map(({ path }) => path)).toEqual(['/3', '/4', '/5'])
  })

  test('is forgotten when another controller comes', async () => {
    await using server = await echoing()
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    const followed = new Followed(world)
    const said: EdgeMessage[] = []
    const controller = world.edge.attach((message) => said.push(message))
    await (await fetch(world.url('/1'))).text()
    await eventually(() => (said.some(({ type }) => type === 'counters') ? true : undefined))
    expect(said.filter(({ type }) => type === 'requests')).toEqual([])
    controller.receive({ type: 'follow-requests', on: true, last: 10, id: 9 })
    expect(said.at(-1)).toMatchObject({ type: 'requests', id: 9, records: [{ path: '/1' }] })
    expect(followed.records).toEqual([])
  })

  test('an edge tells which run of it remembers', async () => {
    await using world = new EdgeWorld()
    expect(world.edge.hello()).toMatchObject({ type: 'hello', run: 'test' })
  })
})

test('counters are kept by replica as well as by backend', async () => {
  await using first = await echoing()
  await using second = await echoing()
  const [one, two] = [first.replica('web--a.0'), second.replica('web--a.1')]
  await using world = await EdgeWorld.with(aBackend('web', { replicas: [one, two] }))
  for (const path of ['/1', '/2', '/3', '/bad']) await (await fetch(world.url(path), { method: 'POST', body: 'abc' })).text()
  const backend = await eventually(() =>
    world
      .all('counters')
      .at(-1)
      ?.backends.find(({ requests }) => requests === 4),
  )
  const replicas = backend.replicas ?? []
  expect(replicas.map(({ replica, requests, inFlight, bytesIn }) => ({ replica, requests, inFlight, bytesIn }))).toEqual([
    { replica: 'web--a.0', requests: 2, inFlight: 0, bytesIn: 6 },
    { replica: 'web--a.1', requests: 2, inFlight: 0, bytesIn: 6 },
  ])
  const sum = (pick: (counters: ReplicaCounters) => number): number => replicas.reduce((total, counters) => total + pick(counters), 0)
  expect(sum((counters) => counters.statusClasses[1])).toBe(3)
  expect(sum((counters) => counters.statusClasses[4])).toBe(1)
  expect(sum((counters) => counters.bytesOut)).toBe(backend.bytesOut)
  expect(sum((counters) => counters.latency.reduce((total, count) => total + count, 0))).toBe(4)
  expect(sum((counters) => counters.latencySumMs ?? 0)).toBeCloseTo(backend.latencySumMs ?? 0, 1)
  expect(backend).toMatchObject({ app: 'shop', open: 0, requests: 4, statusClasses: [0, 3, 0, 0, 1] })
})

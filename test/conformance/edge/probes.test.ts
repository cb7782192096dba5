import { createServer } from 'node:http2'
import { describe, expect, test } from '@jest/globals'
import type { EdgeMessage, EdgeProbe } from '../../../src/model/edge.ts'
import { eventually } from '../../kit/eventually.ts'
import { aProbe, aTable, EdgeWorld } from './edge-world.ts'
import { freePort, ReplicaServer, TcpReplica } from './replica-server.ts'

type Result = Extract<EdgeMessage, { type: 'probe' }>

function http(path = '/', changes: Partial<Extract<EdgeProbe['action'], { by: 'http' }>> = {}): EdgeProbe['action'] {
  return { by: 'http', port: 80, path, scheme: 'http', headers: [], ...changes }
}

async function resultOf(probe: EdgeProbe): Promise<Result> {
  await using world = new EdgeWorld()
  await world.push(aTable({ backends: [], probes: [probe] }))
  return await eventually(() => world.all('probe')[0])
}

describe('an HTTP probe', () => {
  test.each([
    ['/200', true, 'HTTP 200'],
    ['/302', true, 'HTTP 302'],
    ['/404', false, 'HTTP 404'],
    ['/503', false, 'HTTP 503'],
    ['/silent', false, 'no answer within 60 ms'],
  ])('%s: %s', async (path, ok, detail) => {
    await using server = await ReplicaServer.start((incoming, response) => {
      if (incoming.url !== '/silent') response.writeHead(Number(incoming.url?.slice(1)), { location: '/404' }).end('x')
    })
    const result = await resultOf(aProbe(server.port, http(path), { timeoutMs: path === '/silent' ? 60 : 5_000 }))
    expect(result).toEqual({ type: 'probe', replica: 'web--a.0', container: 'web', kind: 'ready', epoch: 1, ok, detail, repeated: 1 })
  })

  test('sends its own fields and host', async () => {
    let seen: unknown
    await using server = await ReplicaServer.start((incoming, response) => {
      seen = { host: incoming.headers.host, own: incoming.headers['x-own'], agent: incoming.headers['user-agent'] }
      response.end()
    })
    await resultOf(aProbe(server.port, http('/', { host: 'inside', headers: [{ name: 'X-Own', value: '1' }] })))
    expect(seen).toEqual({ host: 'inside', own: '1', agent: 'minipaas-probe' })
  })

  test('that finds nobody says so', async () => {
    expect(await resultOf(aProbe(await freePort(), http()))).toMatchObject({ ok: false, detail: 'connection refused' })
  })

  test('with fields that cannot be sent fails instead of ending the edge', async () => {
    expect(await resultOf(aProbe(1, http('/', { headers: [{ name: 'x y', value: '' }] })))).toMatchObject({ ok: false })
  })
})

test('a TCP probe is good when the port accepts', async () => {
  await using server = await TcpReplica.start(() => {})
  expect(await resultOf(aProbe(server.port, { by: 'tcp', port: 80 }))).toMatchObject({ ok: true, detail: 'connected' })
  expect(await resultOf(aProbe(await freePort(), { by: 'tcp', port: 80 }))).toMatchObject({ ok: false, detail: 'connection refused' })
})

test('an eager probe is asked again at once until it passes, and then as often as it says', async () => {
  const port = await freePort()
  await using world = new EdgeWorld()
  const probe = aProbe(port, { by: 'tcp', port: 80 }, { everyMs: 60_000, eager: true })
  await world.push(aTable({ backends: [], probes: [probe] }))
  await eventually(() => world.all('probe').find(({ ok, repeated }) => !ok && repeated === 3))
  await using server = await ReplicaServer.start(() => {}, port)
  await eventually(() => world.all('probe').find(({ ok }) => ok))
  await world.push(aTable({ version: 2, backends: [], probes: [probe] }))
  expect(server.connections).toBe(1)
})

test.each([
  ['a', true, 'SERVING'],
  ['b', false, 'NOT_SERVING'],
  ['c', false, 'gRPC status 5'],
])('a gRPC probe of service %s', async (service, ok, detail) => {
  const server = createServer((incoming, response) => {
    const parts: Buffer[] = []
    incoming.on('data', (part: Buffer) => parts.push(part))
    incoming.on('end', () => {
      const asked = Buffer.concat(parts).subarray(7).toString()
      response.writeHead(200, { 'content-type': 'application/grpc' })
      response.addTrailers({ 'grpc-status': asked === 'c' ? '5' : '0' })
      if (asked !== 'c') response.write(Buffer.from([0, 0, 0, 0, 2, 8, asked === 'a' ? 1 : 2]))
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  expect(await resultOf(aProbe(port, { by: 'grpc', port: 80, service }))).toMatchObject({ ok, detail })
  await new Promise((resolve) => server.close(resolve))
})

describe('results', () => {
  test('are sent when they change and when they reach their threshold, counted from one', async () => {
    let good = false
    await using server = await ReplicaServer.start((_, response) => response.writeHead(good ? 200 : 500).end())
    await using world = new EdgeWorld()
    await world.push(aTable({ backends: [], probes: [aProbe(server.port, http(), { successes: 2, everyMs: 5 })] }))
    await eventually(() => world.all('probe').find((result) => result.repeated === 3))
    good = true
    await eventually(() => world.all('probe').find((result) => result.ok && result.repeated === 2))
    expect(world.all('probe').map((result) => [result.ok, result.repeated])).toEqual([
      [false, 1],
      [false, 3],
      [true, 1],
      [true, 2],
    ])
  })

  test('end with the listing of the probe; a new epoch begins anew', async () => {
    let asked = 0
    await using server = await ReplicaServer.start((_, response) => {
      asked++
      response.end()
    })
    await using world = new EdgeWorld()
    const probe = aProbe(server.port, http(), { everyMs: 5 })
    await world.push(aTable({ backends: [], probes: [probe] }))
    await eventually(() => (asked > 3 ? true : undefined))
    await world.push(aTable({ backends: [], probes: [{ ...probe, epoch: 2 }] }))
    await eventually(() => world.all('probe').find((result) => result.epoch === 2))
    expect(world.all('probe').map((result) => [result.epoch, result.repeated])).toEqual([
      [1, 1],
      [2, 1],
    ])
    await world.push(aTable({ backends: [] }))
    const heard: string[] = []
    world.edge.attach((message) => heard.push(message.type))
    expect(heard).not.toContain('probe')
  })
})

import { connect, type OutgoingHttpHeaders } from 'node:http2'
import { status } from '@grpc/grpc-js'
import { expect, test } from '@jest/globals'
import { eventually } from '../../kit/eventually.ts'
import { aBackend, aTable, EdgeWorld, serviceListenerOf, starting, webListener } from './edge-world.ts'
import { Followed } from './followed.ts'
import { GrpcClient, GrpcReplica } from './grpc-replica.ts'
import { ReplicaServer } from './replica-server.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const service = 'service/web.default:80'
const listeners = [webListener, serviceListenerOf('web')]

/** The status of one request over HTTP/2 by prior knowledge. */
async function ask(port: number, headers: OutgoingHttpHeaders, body = ''): Promise<number> {
  const session = connect(`http://127.0.0.1:${port}`)
  try {
    return await new Promise((resolve, reject) => {
      session.on('error', reject)
      const stream = session.request(headers, { endStream: body === '' })
      let answered = 0
      stream
        .on('error', reject)
        .on('response', (received) => {
          answered = Number(received[':status'])
        })
        .on('close', () => resolve(answered))
        .resume()
      if (body !== '') stream.end(body)
    })
  } finally {
    session.destroy()
  }
}

test('a request over HTTP/2 is told as one over HTTP/1 is, with its trace', async () => {
  const seen: unknown[] = []
  await using server = await ReplicaServer.start((request, response) => {
    seen.push(request.headers.traceparent, request.headers.tracestate)
    request.resume().on('end', () => response.end('hello'))
  })
  await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica('web--a.0')] }))
  const followed = new Followed(world)
  const given = `00-${TRACE}-00f067aa0ba902b7-01`
  await ask(world.port(), { ':method': 'POST', ':path': '/orders?token=secret', traceparent: given, 'x-request-id': 'mine' }, 'secret')
  await ask(world.port(), { ':path': '/', tracestate: 'a=b' })
  const [first, second] = await followed.until(2)
  expect(first).toMatchObject({
    app: 'shop',
    component: 'web',
    port: 80,
    replica: 'web--a.0',
    client: '127.0.0.1',
    protocol: 'h2',
    method: 'POST',
    path: '/orders',
    status: 200,
    bytesIn: 6,
    bytesOut: 5,
    traceId: TRACE,
    requestId: 'mine',
  })
  expect(second?.traceId).toMatch(/^[0-9a-f]{32}$/)
  expect(seen).toEqual([given, undefined, expect.stringContaining(second?.traceId ?? 'none'), undefined])
  expect(JSON.stringify(world.messages)).not.toContain('secret')
})

test('one that no backend has seen, or that was held and given up, is told too', async () => {
  await using world = await EdgeWorld.with(aBackend('web', { gate: starting }))
  const followed = new Followed(world)
  const session = connect(world.url())
  const stream = session.on('error', () => {}).request({ ':path': '/held' })
  stream.on('error', () => {})
  await eventually(() => (world.held === 1 ? true : undefined))
  session.destroy()
  await followed.until(1)
  await world.push(aTable({ backends: [aBackend('web')], routes: [] }))
  expect(await ask(world.port(), { ':path': '/nowhere' })).toBe(404)
  expect(await followed.until(2)).toMatchObject([
    { protocol: 'h2', component: 'web', path: '/held', status: 499, reason: 'the client left while the request waited' },
    { protocol: 'h2', path: '/nowhere', status: 404, reason: expect.stringMatching(/^no route/) },
  ])
})

test.each([
  [
    'call by call',
    'web',
    { protocol: 'grpc', path: '/shop.Stock/Ask' },
    { status: 503, path: '/shop.Stock/Fail', reason: 'grpc-status 14' },
  ],
  ['as bytes', service, { protocol: 'h2' }, { protocol: 'h2', status: 200 }],
])('calls of gRPC that are carried %s', async (_, listener, asked, failed) => {
  await using replica = await GrpcReplica.start()
  await using world = new EdgeWorld()
  await world.push(aTable({ backends: [aBackend('web', { replicas: [replica.replica()] })], listeners }))
  const followed = new Followed(world)
  using client = new GrpcClient(world.port(listener))
  await client.call('ask', 'apples')
  await client.failure(client.call('fail', String(status.UNAVAILABLE)))
  expect(await followed.until(2)).toMatchObject([
    { status: 200, component: 'web', replica: replica.replica().id, ...asked },
    { component: 'web', replica: replica.replica().id, ...failed },
  ])
  const counters = await eventually(() =>
    world
      .all('counters')
      .at(-1)
      ?.backends.find(({ requests }) => requests === 2),
  )
  const [own] = counters.replicas ?? []
  expect(own).toMatchObject({ requests: 2, inFlight: 0, bytesOut: counters.bytesOut, bytesIn: counters.bytesIn })
  expect(own?.statusClasses).toEqual(counters.statusClasses)
})

import { describe, expect, test } from '@jest/globals'
import type { EdgeBackend } from '../../../src/model/edge.ts'
import { eventually } from '../../kit/eventually.ts'
import { aBackend, aTable, EdgeWorld, serviceListenerOf, webListener } from './edge-world.ts'
import { JumpClock } from './jump-clock.ts'
import { RawClient } from './raw-client.ts'
import { ReplicaServer, TcpReplica } from './replica-server.ts'
import { settled } from './settled.ts'

/** Keeps everything it is sent, and answers each head that ends. */
async function recorder(answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'): Promise<{ server: TcpReplica; text: () => string }> {
  let text = ''
  const server = await TcpReplica.start((socket) =>
    socket.on('data', (chunk) => {
      const heads = chunk.toString('latin1').split('\r\n\r\n').length - 1
      text += chunk.toString('latin1')
      if (heads > 0 && answer !== '') socket.write(answer)
    }),
  )
  return { server, text: () => text }
}

const chunkedPost = 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n'

describe('what could be read in two ways', () => {
  // RFC 9112, 6.1: both lengths "ought to be handled as an error"; 6.3: differing or listed lengths are unrecoverable.
  test.each([
    ['both lengths', 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n', 400],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd', 400],
    ['the same length twice', 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc', 400],
    ['a list of lengths', 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3, 3\r\n\r\nabc', 400],
    ['a signed length', 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +3\r\n\r\nabc', 400],
    ['a hexadecimal length', 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0x3\r\n\r\nabc', 400],
    ['a length that nobody can count', 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n', 400],
    ['a chunk that nobody can count', `${chunkedPost}fffffffffffffffff\r\n`, 400],
    ['two transfer codings', 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n', 400],
    ['chunked before another coding', 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, identity\r\n\r\n', 501],
    ['chunks of HTTP/1.0', 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
    ['a blank before the colon', 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n', 400],
    ['a bare line feed between fields', 'GET / HTTP/1.1\r\nHost: h\nX: 1\r\n\r\n', 400],
    ['a bare carriage return', 'GET / HTTP/1.1\r\nHost: h\rX: 1\r\n\r\n', 400],
    ['a bare line feed in a chunk', `${chunkedPost}3\nabc\r\n0\r\n\r\n`, 400],
    ['a chunk longer than its size', `${chunkedPost}3\r\nabcd\r\n0\r\n\r\n`, 400],
    ['a folded field', 'GET / HTTP/1.1\r\nHost: h\r\nX: 1\r\n\t2\r\n\r\n', 400],
    ['a folded first field', 'GET / HTTP/1.1\r\n Host: h\r\n\r\n', 400],
    ['a zero byte in a value', 'GET / HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n', 400],
    ['a zero byte in a target', 'GET /a\0b HTTP/1.1\r\nHost: h\r\n\r\n', 400],
    ['two hosts', 'GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n', 400],
    ['a host that is none', 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n', 400],
    ['user information in a target', 'GET http://user@h/ HTTP/1.1\r\nHost: h\r\n\r\n', 400],
    ['an authority as target', 'GET h:80 HTTP/1.1\r\nHost: h\r\n\r\n', 400],
    ['an asterisk for GET', 'GET * HTTP/1.1\r\nHost: h\r\n\r\n', 400],
    ['endless trailers', `${chunkedPost}0\r\n${`X: ${'a'.repeat(8000)}\r\n`.repeat(9)}`, 400],
    ['an endless chunk extension', `${chunkedPost}1;${'a'.repeat(5000)}`, 400],
  ])('%s is refused, and nothing after it is read', async (_, text, status) => {
    const { server, text: seen } = await recorder()
    await using _server = server
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    using client = new RawClient(world.port())
    const answer = await client.send(`${text}GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n`).untilEnd()
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} [\\s\\S]*Connection: close\r\n`))
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1)
    expect(seen()).not.toContain('smuggled')
  })

  test('chunk extensions do not go on, wherever the bytes are cut', async () => {
    const { server, text } = await recorder('')
    await using _server = server
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    for (const cut of [0, 1, 2, 3, 7, 20]) {
      const before = text().length
      using client = new RawClient(world.port())
      const body = '3;ext="a;b"\r\nabc\r\n2;x;y=1\r\nde\r\n0;last\r\nSum: 1\r\n\r\n'
      client.send(`${chunkedPost}${body.slice(0, cut)}`)
      await eventually(() => (text().slice(before).includes('\r\n\r\n') ? true : undefined))
      client.send(body.slice(cut))
      await eventually(() => (text().endsWith('3\r\nabc\r\n2\r\nde\r\n0\r\nSum: 1\r\n\r\n') ? true : undefined))
      expect(text()).not.toContain(';')
    }
  })

  test('of an answer with chunk extensions the client sees none', async () => {
    const { server } = await recorder('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0;c\r\n\r\n')
    await using _server = server
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    using client = new RawClient(world.port())
    const answer = await client.get().until(/0\r\n\r\n$/)
    expect(answer).toMatch(/\r\n\r\n3\r\nabc\r\n0\r\n\r\n$/)
    await client.get().until(/0\r\n\r\nHTTP[\s\S]*0\r\n\r\n$/)
    expect(server.accepted).toBe(1)
  })
})

describe('targets', () => {
  test.each([
    ['GET http://other.example/a?b HTTP/1.1', 'GET /a?b HTTP/1.1\r\nHost: other.example\r\n'],
    ['GET HTTP://other.example HTTP/1.1', 'GET / HTTP/1.1\r\nHost: other.example\r\n'],
    ['GET http://other.example?q HTTP/1.1', 'GET /?q HTTP/1.1\r\nHost: other.example\r\n'],
    // RFC 9112, 3.2.4.
    ['OPTIONS http://other.example HTTP/1.1', 'OPTIONS * HTTP/1.1\r\nHost: other.example\r\n'],
    ['OPTIONS * HTTP/1.1', 'OPTIONS * HTTP/1.1\r\nHost: h\r\n'],
  ])('%s arrives as its origin form', async (line, expected) => {
    const { server, text } = await recorder()
    await using _server = server
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    using client = new RawClient(world.port())
    await client.send(`${line}\r\nHost: h\r\n\r\n`).until(/ok$/)
    expect(text()).toContain(expected)
  })
})

async function jumping(...backends: readonly EdgeBackend[]): Promise<{ world: EdgeWorld; clock: JumpClock }> {
  const clock = new JumpClock()
  const world = new EdgeWorld({ clock })
  await world.push(aTable({ backends }))
  return { world, clock }
}

/** Two looks of the edge at its connections, so far apart. */
function pass(clock: JumpClock, ms: number): void {
  clock.jump(5000)
  clock.jump(ms)
}

describe('slow clients', () => {
  test('a head that does not end is answered 408', async () => {
    const { world, clock } = await jumping(aBackend('web'))
    await using _world = world
    using client = new RawClient(world.port())
    using other = new RawClient(world.port())
    client.send('GET / HTTP/1.1\r\nHost: h\r\n')
    await other.send('GET / HTTP/9.9\r\nHost: h\r\n\r\n').until(/505/)
    clock.jump(59_000)
    client.send('X: 1\r\n')
    clock.jump(6000)
    expect(await client.untilEnd()).toMatch(/^HTTP\/1.1 408 Request Timeout\r\n[\s\S]*Connection: close/)
  })

  test('an idle connection is closed without a word', async () => {
    const { world, clock } = await jumping(aBackend('web'))
    await using _world = world
    using fresh = new RawClient(world.port())
    using other = new RawClient(world.port())
    await other.send('GET / HTTP/9.9\r\nHost: h\r\n\r\n').until(/505/)
    clock.jump(80_000)
    expect(await fresh.untilEnd()).toBe('')
  })

  test('a body that stops coming is answered 408, and its connection to the replica is not used again', async () => {
    await using server = await ReplicaServer.start((incoming, response) => {
      incoming.resume().on('end', () => response.end('ok'))
    })
    const { world, clock } = await jumping(aBackend('web', { replicas: [server.replica()] }))
    await using _world = world
    using client = new RawClient(world.port())
    client.send('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nab')
    await eventually(() => (server.openConnections === 1 ? true : undefined))
    pass(clock, 50_000)
    client.send('cd')
    await eventually(() => (client.socket.bytesWritten > 50 ? true : undefined))
    await eventually(() => world.all('counters').find(({ backends }) => backends[0]?.bytesIn === 4))
    pass(clock, 50_000)
    expect(client.received).toBe('')
    pass(clock, 60_000)
    expect(await client.untilEnd()).toMatch(/^HTTP\/1.1 408 Request Timeout\r\n[\s\S]*nothing of the request body came for 60 s/)
    await eventually(() => (server.openConnections === 0 ? true : undefined))
  })

  test('a request that waits at the gate, and the body that the replica has not asked for, are not their fault', async () => {
    const { server } = await recorder('')
    await using _server = server
    const { world, clock } = await jumping(aBackend('web', { replicas: [server.replica()] }))
    await using _world = world
    using client = new RawClient(world.port())
    client.send('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n')
    await eventually(() => (server.accepted === 1 ? true : undefined))
    pass(clock, 100_000)
    for (const socket of server.sockets) socket.write('HTTP/1.1 100 Continue\r\n\r\n')
    await client.until(/100 Continue/)
    client.send('body')
    for (const socket of server.sockets) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone')
    await client.until(/done$/)
  })

  test('one that takes nothing of its answer costs a bounded amount, and is cut off', async () => {
    let sent = 0
    await using server = await ReplicaServer.start((_, response) => {
      const more = (): void => {
        do sent += 65_536
        while (!response.destroyed && response.write(Buffer.alloc(65_536)))
      }
      response.on('drain', more)
      more()
    })
    const { world, clock } = await jumping(aBackend('web', { replicas: [server.replica()] }))
    await using _world = world
    using client = new RawClient(world.port())
    client.socket.pause()
    client.get()
    // Until nobody takes any more: the kernel's buffers, and what the edge reads ahead.
    await settled(() => sent)
    clock.jump(5000)
    clock.jump(30_000)
    expect(server.openConnections).toBe(1)
    clock.jump(60_000)
    await eventually(() => (server.openConnections === 0 ? true : undefined))
  })
})

describe('more clients than there is room for', () => {
  test('are told so, until one goes', async () => {
    await using server = await ReplicaServer.start((_, response) => response.end('ok'))
    await using world = new EdgeWorld({ maxClients: 2 })
    const backends = [aBackend('web', { replicas: [server.replica()] })]
    await world.push(aTable({ backends, listeners: [webListener, serviceListenerOf('web')] }))
    using first = new RawClient(world.port())
    await first.get().until(/ok$/)
    {
      using second = new RawClient(world.port())
      await second.get().until(/ok$/)
      using third = new RawClient(world.port())
      expect(await third.get().untilEnd()).toMatch(
        /^HTTP\/1.1 503 [\s\S]*Retry-After: 1\r\n[\s\S]*Connection: close[\s\S]*2 clients already \(MP6032\)/,
      )
      using fourth = new RawClient(world.port('service/web.default:80'))
      expect(await fourth.untilEnd()).toBe('')
    }
    await eventually(async () => {
      using again = new RawClient(world.port())
      return /200 OK/.test(await again.get('/', 'Connection: close\r\n').untilEnd()) ? true : undefined
    })
  })
})

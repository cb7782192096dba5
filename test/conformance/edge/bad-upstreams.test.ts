import type { Socket } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { eventually } from '../../kit/eventually.ts'
import { aBackend, aTable, EdgeWorld } from './edge-world.ts'
import { JumpClock } from './jump-clock.ts'
import { RawClient } from './raw-client.ts'
import { ReplicaServer, TcpReplica } from './replica-server.ts'
import { settled } from './settled.ts'

/** A replica that does the same with each head it is sent. */
function onHead(act: (socket: Socket, turn: number) => void): Promise<TcpReplica> {
  let turn = 0
  return TcpReplica.start((socket) => {
    let text = ''
    socket.on('end', () => socket.end())
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (!text.includes('\r\n\r\n')) return
      text = ''
      act(socket, turn++)
    })
  })
}

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

describe('an answer that is none', () => {
  test.each([
    ['no HTTP', 'SSH-2.0-OpenSSH_9.9\r\n\r\n', 'does not begin with HTTP/1.x'],
    ['HTTP/0.9', '<html>\r\n\r\n', 'does not begin with HTTP/1.x'],
    ['HTTP/2', 'HTTP/2 200\r\n\r\n', 'does not begin with HTTP/1.x'],
    ['a status that is no number', 'HTTP/1.1 2x0 OK\r\n\r\n', 'status line'],
    ['a folded field', 'HTTP/1.1 200 OK\r\nX: 1\r\n 2\r\n\r\n', 'folded'],
    ['a zero byte', 'HTTP/1.1 200 OK\r\nX: \0\r\n\r\n', 'forbidden character'],
    ['a length that is none', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n', 'not a number'],
    ['an unknown coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n', 'unknown transfer coding'],
    ['chunks of HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 'HTTP/1.0'],
    ['a bad chunk right away', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n', 'malformed'],
    ['endless fields', `HTTP/1.1 200 OK\r\n${`X: ${'a'.repeat(8000)}\r\n`.repeat(9)}`, 'too long'],
    ['an endless line', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(17_000)}`, 'too long'],
  ])('%s: 502 with the reason, the client goes on, the connection is not used again', async (_, text, reason) => {
    await using server = await onHead((socket, turn) => socket.write(turn === 0 ? text : ok, 'latin1'))
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    using client = new RawClient(world.port())
    const first = await client.get().until(/^HTTP\/1.1 502 Bad Gateway\r\n[\s\S]*\n$/)
    expect(first).toMatch(/Connection: keep-alive/)
    expect(/X-Minipaas-Reason: (web: .*)\r/.exec(first)?.[1]).toContain(reason)
    await client.get().until(/200 OK[\s\S]*ok$/)
    expect(server.accepted).toBe(2)
  })

  test('a bad chunk after a good one cuts the client off: the answer cannot pass for a whole one', async () => {
    await using server = await onHead((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n')
    })
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    using client = new RawClient(world.port())
    await client.get().until(/abc\r\n$/)
    for (const socket of server.sockets) socket.write('zz\r\n')
    expect(await client.untilEnd()).toMatch(/abc\r\n$/)
    await eventually(() => (server.sockets.size === 0 ? true : undefined))
  })

  test.each([
    ['in the head', 'HTTP/1.1 200 OK\r\nContent-Le'],
    ['before the head', ''],
  ])('the end of the connection %s: 502', async (_, text) => {
    for (const end of ['half', 'reset'] as const) {
      await using server = await onHead((socket) => {
        if (end === 'half') socket.end(text)
        else if (text === '') socket.resetAndDestroy()
        else socket.write(text, () => socket.resetAndDestroy())
      })
      await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
      using client = new RawClient(world.port())
      const answer = await client.get().until(/^HTTP\/1.1 502 [\s\S]*\n$/)
      expect(answer).toMatch(/the replica closed the connection before its answer was complete/)
      await eventually(() => (server.sockets.size === 0 ? true : undefined))
    }
  })

  test('interim answers without end do not fill the memory of a client that does not read', async () => {
    let sent = 0
    await using server = await onHead((socket) => {
      const hint = `HTTP/1.1 103 Early Hints\r\nLink: </${'a'.repeat(8000)}>\r\n\r\n`
      const more = (): void => {
        do sent += hint.length
        while (!socket.destroyed && socket.write(hint))
      }
      socket.on('drain', more)
      more()
    })
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    using client = new RawClient(world.port())
    client.socket.pause()
    client.get()
    const last = await settled(() => sent)
    client.socket.resume()
    await eventually(() => (client.received.length > last ? true : undefined))
  })
})

describe('a connection that a replica ended just before', () => {
  // RFC 9110, 9.2.2: "A proxy MUST NOT automatically retry non-idempotent requests."
  test.each([
    ['GET', 200],
    ['DELETE', 200],
    ['POST', 502],
    ['PATCH', 502],
  ])('%s is answered %d', async (method, status) => {
    await using server = await onHead((socket, turn) => {
      if (turn === 1) socket.destroy()
      else socket.write(ok)
    })
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    using client = new RawClient(world.port())
    await client.get().until(/ok$/)
    await client
      .send(`${method} / HTTP/1.1\r\nHost: h\r\n\r\n`)
      .until(new RegExp(`HTTP/1.1 ${status}[\\s\\S]*HTTP/1.1 ${status}|ok[\\s\\S]*HTTP/1.1 ${status} [\\s\\S]*\\n`))
    expect(server.accepted).toBe(status === 200 ? 2 : 1)
  })
})

describe('a replica that does not answer', () => {
  async function jumpingTo(server: TcpReplica): Promise<{ world: EdgeWorld; clock: JumpClock }> {
    const clock = new JumpClock()
    const world = new EdgeWorld({ clock })
    await world.push(aTable({ backends: [aBackend('web', { replicas: [server.replica()] })] }))
    return { world, clock }
  }

  test('is given up after 240 s with 504, and the client goes on', async () => {
    await using server = await onHead((socket, turn) => void (turn > 0 && socket.write(ok)))
    const { world, clock } = await jumpingTo(server)
    await using _world = world
    using client = new RawClient(world.port())
    client.get()
    await eventually(() => (server.accepted === 1 ? true : undefined))
    clock.jump(5000)
    clock.jump(230_000)
    expect(client.received).toBe('')
    clock.jump(10_000)
    await client.until(/^HTTP\/1.1 504 Gateway Timeout\r\n[\s\S]*web: the replica did not begin to answer for 240 s\n$/)
    await client.get().until(/ok$/)
    expect(server.accepted).toBe(2)
  })

  test('nor reads the request is given up as well', async () => {
    await using server = await TcpReplica.start((socket) => socket.pause())
    const { world, clock } = await jumpingTo(server)
    await using _world = world
    using client = new RawClient(world.port())
    client.send('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000\r\n\r\n')
    client.socket.write(Buffer.alloc(50_000_000))
    await settled(() => client.socket.writableLength)
    expect(server.accepted).toBe(1)
    clock.jump(5000)
    clock.jump(240_000)
    await client.until(/^HTTP\/1.1 504 [\s\S]*took nothing of the request body for 240 s/)
  })

  test('for a while after it began is left alone: events may be rare', async () => {
    await using server = await onHead((socket) => socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n'))
    const { world, clock } = await jumpingTo(server)
    await using _world = world
    using client = new RawClient(world.port())
    await client.get().until(/a\r\n$/)
    clock.jump(5000)
    clock.jump(3_600_000)
    clock.jump(3_600_000)
    for (const socket of server.sockets) socket.write('0\r\n\r\n')
    await client.until(/0\r\n\r\n$/)
    expect(client.ended).toBe(false)
  })
})

describe('an answer before the whole request', () => {
  test('goes through, and neither connection is used again', async () => {
    await using server = await onHead(
      (socket, turn) => void (turn === 0 && socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno')),
    )
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    using client = new RawClient(world.port())
    client.send('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\nabc')
    await client.until(/^HTTP\/1.1 403 Forbidden\r\n[\s\S]*no$/)
    client.send('x'.repeat(100_000))
    await client.untilEnd()
    await eventually(() => (server.sockets.size === 0 ? true : undefined))
  })
})

describe('more requests at once than a replica gets connections', () => {
  test('wait in order, and all are answered', async () => {
    const seen: number[] = []
    await using server = await ReplicaServer.start((incoming, response) => {
      seen.push(Number(incoming.url?.slice(1)))
      response.end('ok')
    })
    await using world = await EdgeWorld.with(aBackend('web', { maxHeld: 2000 }))
    const clients = Array.from({ length: 1500 }, () => new RawClient(world.port()))
    for (const [index, client] of clients.entries()) {
      client.get(`/${index}`)
      if (index % 100 === 0) await eventually(() => (world.held === index + 1 ? true : undefined))
    }
    await eventually(() => (world.held === clients.length ? true : undefined))
    await world.push(aTable({ backends: [aBackend('web', { maxHeld: 2000, replicas: [server.replica()] })] }))
    for (const client of clients) await client.until(/ok$/)
    expect(server.connections).toBeLessThanOrEqual(512)
    expect(new Set(seen).size).toBe(clients.length)
    for (const client of clients) client[Symbol.dispose]()
  })

  test('do not starve behind requests that the application keeps open', async () => {
    const polls: (() => void)[] = []
    await using server = await ReplicaServer.start((incoming, response) => {
      if (incoming.url === '/poll') polls.push(() => response.end('polled'))
      else {
        response.end('released')
        for (const poll of polls) poll()
      }
    })
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    const clients = Array.from({ length: 520 }, () => new RawClient(world.port()).get('/poll'))
    await eventually(() => (polls.length >= 512 ? true : undefined))
    using other = new RawClient(world.port())
    await other.get('/release').until(/released$/)
    for (const client of clients.slice(0, 512)) await client.until(/polled$/)
    for (const client of clients) client[Symbol.dispose]()
  })
})

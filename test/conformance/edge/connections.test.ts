import { describe, expect, test } from '@jest/globals'
import { WebSocket, WebSocketServer } from 'ws'
import { eventually } from '../../kit/eventually.ts'
import { aBackend, aTable, EdgeWorld, serviceListenerOf, webListener } from './edge-world.ts'
import { RawClient } from './raw-client.ts'
import { ReplicaServer, TcpReplica } from './replica-server.ts'

const service = 'service/web.default:80'

async function worldOf(...replicas: readonly { replica: (name: string) => ReturnType<TcpReplica['replica']> }[]): Promise<EdgeWorld> {
  const world = new EdgeWorld()
  const backend = aBackend('web', { replicas: replicas.map((server, index) => server.replica(`web--a.${index}`)) })
  await world.push(aTable({ backends: [backend], listeners: [webListener, serviceListenerOf('web')] }))
  return world
}

describe('per request', () => {
  test('replicas take exact turns, whatever the connection', async () => {
    const servers = await Promise.all([0, 1, 2].map((index) => ReplicaServer.start((_, response) => response.end(String(index)))))
    await using world = await worldOf(...servers)
    for (const port of [world.port(), world.port(service)]) {
      using client = new RawClient(port)
      for (let turn = 0; turn < 12; turn++) {
        client.get()
        await eventually(() => (client.received.match(/\r\n\r\n\d/g)?.length === turn + 1 ? true : undefined))
      }
      expect([...client.received.matchAll(/\r\n\r\n(\d)/g)].map((match) => match[1]).join('')).toBe('012'.repeat(4))
    }
    for (const server of servers) await server[Symbol.asyncDispose]()
  })
})

describe('a service address', () => {
  test('carries a protocol that is not HTTP, one replica per connection', async () => {
    const replica = (name: string): Promise<TcpReplica> =>
      TcpReplica.start((socket) => socket.on('data', (chunk) => socket.write(`${name}:${chunk.toString('latin1')}`)))
    await using one = await replica('one')
    await using two = await replica('two')
    await using world = await worldOf(one, two)
    using first = new RawClient(world.port(service))
    using second = new RawClient(world.port(service))
    await first.send('*1\r\n$4\r\nPING\r\n').until(/^one:\*1\r\n\$4\r\nPING\r\n$/)
    await second.send('SET a b\r\n').until(/^two:SET a b\r\n$/)
    await first.send('again').until(/one:again/)
    await eventually(() => world.all('counters').find((message) => message.backends[0]?.connections === 2))
  })

  test('waits a moment for the client, then lets the server speak first', async () => {
    await using server = await TcpReplica.start((socket) => socket.write('220 ready\r\n'))
    await using world = await worldOf(server)
    using client = new RawClient(world.port(service))
    await client.until(/^220 ready\r\n$/)
  })

  // A busy client, or a pool that connects in advance, sends its first request late: taken for another protocol, its connection was
  // bound to one replica and cut when that one drained.
  test('recognises HTTP of a client that was silent at first, wherever the replica went meanwhile', async () => {
    await using one = await ReplicaServer.start((_, response) => response.end('<one>'))
    await using two = await ReplicaServer.start((_, response) => response.end('<two>'))
    await using world = new EdgeWorld()
    const listeners = [webListener, serviceListenerOf('web')]
    const [old, successor] = [one.replica('web--1.0'), two.replica('web--2.0')]
    await world.push(aTable({ backends: [aBackend('web', { replicas: [old] })], listeners }))
    using client = new RawClient(world.port(service))
    await eventually(() => (one.openConnections === 1 ? true : undefined))
    await world.push(aTable({ backends: [aBackend('web', { replicas: [successor], draining: [old] })], listeners }))
    await eventually(() => world.all('drained').find(({ replica }) => replica === old.id))
    await eventually(() => (one.openConnections === 0 ? true : undefined))
    await client.get().until(/<two>$/)
    await world.push(aTable({ backends: [aBackend('web', { replicas: [old], draining: [successor] })], listeners }))
    await client.get().until(/<two>[\s\S]*<one>$/)
    expect(client.ended).toBe(false)
  })

  test('lets a client that was silent at first speak any other protocol', async () => {
    await using server = await TcpReplica.start((socket) => socket.on('data', (chunk) => socket.write(`echo ${chunk.toString('latin1')}`)))
    await using world = await worldOf(server)
    using client = new RawClient(world.port(service))
    await eventually(() => (server.accepted === 1 ? true : undefined))
    await client.send('PI').until(/^echo PI$/)
    await client.send('NG').until(/^echo PIecho NG$/)
  })

  test('passes half-closed connections on', async () => {
    await using server = await TcpReplica.start((socket) => {
      let text = ''
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1')
      })
      socket.on('end', () => socket.end(`got ${text}`))
    })
    await using world = await worldOf(server)
    using client = new RawClient(world.port(service))
    client.send('\x01whole')
    await eventually(() => (server.accepted === 1 ? true : undefined))
    client.socket.end()
    expect(await client.untilEnd()).toBe('got \x01whole')
  })

  test('holds a connection until a replica is there, and ends it when none will come', async () => {
    await using world = new EdgeWorld()
    const listeners = [webListener, serviceListenerOf('web')]
    await world.push(aTable({ backends: [aBackend('web')], listeners }))
    using client = new RawClient(world.port(service))
    client.send('\x01early')
    await eventually(() => world.all('demand')[0])
    await using server = await TcpReplica.start((socket) => socket.on('data', (chunk) => socket.write(`echo ${chunk.toString('latin1')}`)))
    await world.push(aTable({ backends: [aBackend('web', { replicas: [server.replica()] })], listeners }))
    await client.until(/^echo .early$/)
    await world.push(
      aTable({ backends: [aBackend('web', { gate: { mode: 'refuse', status: 503, code: 'MP6003', reason: 'stopped' } })], listeners }),
    )
    using refused = new RawClient(world.port(service))
    await refused.send('\x01').untilEnd()
  })

  test('knows HTTP by its first line even when that comes in pieces', async () => {
    await using server = await ReplicaServer.start((incoming, response) => response.end(`<${incoming.url}>`))
    await using world = await worldOf(server)
    using client = new RawClient(world.port(service))
    client.send('GE')
    client.send('T /pieces HT')
    client.send('TP/1.1\r\nHost: h\r\n\r\n')
    await client.until(/<\/pieces>/)
  })
})

describe('an upgrade', () => {
  test('carries WebSocket messages of any size both ways and ends as the client wishes', async () => {
    await using server = await ReplicaServer.start((_, response) => response.end())
    const sockets = new WebSocketServer({ server: server.server })
    let closed = 0
    sockets.on('connection', (socket) => {
      socket.on('message', (data, binary) => socket.send(data as Buffer, { binary }))
      socket.on('close', (code) => {
        closed = code
      })
    })
    await using world = await worldOf(server)
    const client = new WebSocket(`ws://127.0.0.1:${world.port()}/ws`)
    const received: Buffer[] = []
    client.on('message', (data) => received.push(data as Buffer))
    await new Promise((resolve) => client.on('open', resolve))
    const messages = [Buffer.from('a'), Buffer.alloc(200, 1), Buffer.alloc(70_000, 2), Buffer.alloc(2_000_000, 3)]
    for (const message of messages) client.send(message)
    await eventually(() => (received.length === messages.length ? true : undefined))
    expect(Buffer.concat(received).equals(Buffer.concat(messages))).toBe(true)
    client.close(4001)
    await eventually(() => (closed === 4001 ? true : undefined))
    await eventually(() =>
      world.all('counters').find((message) => message.backends[0]?.connections === 1 && message.backends[0].inFlight === 0),
    )
    sockets.close()
  })

  test('that the replica does not want is an ordinary answer', async () => {
    await using server = await ReplicaServer.start((_, response) => response.writeHead(426).end('no'))
    await using world = await worldOf(server)
    using client = new RawClient(world.port())
    await client.get('/', 'Connection: Upgrade\r\nUpgrade: something\r\n').until(/HTTP\/1.1 426 [\s\S]*no/)
    await client.get().until(/no[\s\S]*no/)
  })

  test('to any other protocol is joined byte by byte, with what was sent early', async () => {
    await using server = await TcpReplica.start((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: own\r\n\r\nwelcome')
        socket.on('data', (chunk) => socket.write(`<${chunk.toString('latin1')}>`))
      })
    })
    await using world = await worldOf(server)
    using client = new RawClient(world.port())
    await client
      .get('/', 'Connection: Upgrade\r\nUpgrade: own\r\n')
      .until(/101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: own\r\n\r\nwelcome/)
    await client.send('hi').until(/<hi>/)
    client.socket.end()
    for (const socket of server.sockets) socket.end('bye')
    expect(await client.untilEnd()).toMatch(/bye$/)
  })

  test('to HTTP/2 is not offered: the request goes on as HTTP/1.1', async () => {
    await using server = await ReplicaServer.start((incoming, response) => response.end(`upgrade: ${incoming.headers.upgrade}`))
    await using world = await worldOf(server)
    using client = new RawClient(world.port())
    await client.get('/', 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n').until(/upgrade: undefined/)
  })
})

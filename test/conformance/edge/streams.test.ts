import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { eventually } from '../../kit/eventually.ts'
import { aBackend, EdgeWorld } from './edge-world.ts'
import { RawClient } from './raw-client.ts'
import { ReplicaServer, TcpReplica } from './replica-server.ts'

const MEGABYTE = 1024 * 1024

describe('large bodies', () => {
  test('pass unchanged and without being collected, both ways at once', async () => {
    await using server = await ReplicaServer.start((incoming, response) => {
      response.writeHead(200, { 'content-length': String(incoming.headers['content-length']) })
      incoming.pipe(response)
    })
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    const blocks = 100
    const block = Buffer.alloc(MEGABYTE)
    for (let index = 0; index < block.length; index++) block[index] = (index * 31) % 251
    const sent = createHash('sha1')
    const received = createHash('sha1')
    let highest = 0
    const before = process.memoryUsage().rss
    await new Promise<void>((resolve, reject) => {
      const outgoing = request(world.url('/big'), { method: 'POST', headers: { 'content-length': blocks * MEGABYTE } }, (response) => {
        response.on('data', (part: Buffer) => received.update(part))
        response.on('end', resolve)
      })
      outgoing.on('error', reject)
      let index = 0
      const write = (): void => {
        while (index < blocks) {
          index++
          block[0] = index
          const copy = Buffer.from(block)
          sent.update(copy)
          highest = Math.max(highest, process.memoryUsage().rss)
          if (!outgoing.write(copy)) {
            outgoing.once('drain', write)
            return
          }
        }
        outgoing.end()
      }
      write()
    })
    expect(received.digest('hex')).toBe(sent.digest('hex'))
    // Test, edge and server share this process: three sets of socket buffers, but not three bodies.
    expect(highest - before).toBeLessThan(90 * MEGABYTE)
  }, 60_000)

  test('wait for a client that does not read', async () => {
    let written = 0
    let wants = 0
    await using server = await ReplicaServer.start((incoming, response) => {
      if (incoming.method === 'HEAD') {
        response.end()
        return
      }
      const block = Buffer.alloc(64 * 1024, 97)
      response.writeHead(200, { 'content-length': 200 * MEGABYTE })
      const write = (): void => {
        wants++
        while (written < 200 * MEGABYTE) {
          written += block.length
          if (!response.write(block)) {
            response.once('drain', write)
            return
          }
        }
      }
      write()
    })
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    using client = new RawClient(world.port())
    client.socket.pause()
    client.get()
    await eventually(() => (wants > 1 ? true : undefined))
    // Other clients are served meanwhile; when they are, the stalled one has had its chance to be read.
    for (let turn = 0; turn < 20; turn++) await fetch(world.url(), { method: 'HEAD' })
    expect(written).toBeLessThan(60 * MEGABYTE)
  })

  // A replica's connection that was paused for a slow client must not sleep in the pool: its next request would hang.
  test('of a slow client do not leave a sleeping connection behind', async () => {
    const body = 'b'.repeat(3 * MEGABYTE)
    await using server = await ReplicaServer.start((_, response) => response.end(body))
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    using slow = new RawClient(world.port())
    slow.socket.pause()
    slow.get('/1').get('/2')
    await eventually(() => (server.connections === 1 ? true : undefined))
    slow.socket.resume()
    await eventually(() => (slow.received.length > 2 * body.length ? true : undefined))
    using leaving = new RawClient(world.port())
    leaving.socket.pause()
    leaving.get()
    await eventually(() => (server.openConnections > 0 ? true : undefined))
    leaving[Symbol.dispose]()
    for (let turn = 0; turn < 5; turn++) expect((await (await fetch(world.url())).text()).length).toBe(body.length)
  })

  test('that a replica refuses early are answered, and the connection ends', async () => {
    await using server = await TcpReplica.start((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig')),
    )
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    using client = new RawClient(world.port())
    client.send('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n').send('x'.repeat(1000))
    expect(await client.untilEnd()).toMatch(/^HTTP\/1.1 413 Content Too Large\r\n[\s\S]*big$/)
  })
})

test('a client that goes takes its request with it', async () => {
  let aborted = false
  await using server = await ReplicaServer.start((_, response) => {
    response.on('close', () => {
      aborted = true
    })
    response.write('begin')
  })
  await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
  const client = new RawClient(world.port()).get()
  await client.until(/begin/)
  client[Symbol.dispose]()
  await eventually(() => (aborted ? true : undefined))
  await eventually(() => world.all('counters').find((message) => message.backends[0]?.inFlight === 0 && message.backends[0].requests === 1))
})

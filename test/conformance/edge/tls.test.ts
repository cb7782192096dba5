import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2'
import { createServer, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { describe, expect, test } from '@jest/globals'
import { WebSocket, WebSocketServer } from 'ws'
import type { EdgeCertificate, EdgeListener } from '../../../src/model/edge.ts'
import { eventually } from '../../kit/eventually.ts'
import { aBackend, aReplica, aTable, EdgeWorld, serviceListenerOf, webListener } from './edge-world.ts'
import { RawClient } from './raw-client.ts'
import { ReplicaServer } from './replica-server.ts'
import { aCertificate, authority, secureConnection, tlsListenerOf } from './tls-world.ts'

const shop = aCertificate('localhost', '*.shop.localhost', '127.0.0.1')
const bank = aCertificate('bank.example.com', '*.bank.example.com')

/** An edge in front of one replica, with listeners for HTTP and for TLS. */
async function worldOf(server: ReplicaServer, listener: EdgeListener = tlsListenerOf(shop, bank)): Promise<EdgeWorld> {
  const world = new EdgeWorld()
  await world.push(tableOf(server, listener))
  return world
}

function tableOf(server: ReplicaServer, ...listeners: readonly EdgeListener[]): Parameters<EdgeWorld['push']>[0] {
  return aTable({ backends: [aBackend('web', { replicas: [server.replica()] })], listeners: [webListener, ...listeners] })
}

function namesOf(socket: TLSSocket): string | undefined {
  return socket.getPeerX509Certificate()?.subjectAltName
}

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: Buffer
}

function ask(port: number, options: { readonly path?: string; readonly method?: string; readonly body?: Buffer } = {}): Promise<Answer> {
  const { path = '/', method = 'GET', body } = options
  return new Promise((resolve, reject) => {
    const settings = { host: '127.0.0.1', port, path, method, ca: authority.certificate, servername: 'web.shop.localhost', agent: false }
    const asking = request({ ...settings, headers: { host: 'web.shop.localhost' } }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part)).on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }))
    })
    asking.on('error', reject)
    asking.end(body)
  })
}

function askHttp2(session: ClientHttp2Session, path: string): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    let status = 0
    let text = ''
    session
      .request({ ':path': path, ':authority': 'web.shop.localhost' })
      .on('response', (headers) => {
        status = headers[':status'] ?? 0
      })
      .on('data', (chunk: Buffer) => {
        text += chunk.toString()
      })
      .on('error', reject)
      .on('end', () => resolve({ status, text }))
  })
}

describe('a request over TLS', () => {
  test('is answered like any other, and its replica is told that it was', async () => {
    await using server = await ReplicaServer.start((incoming, response) => response.end(JSON.stringify(incoming.headers)))
    await using world = await worldOf(server)
    const port = world.port('web-tls')
    const { status, body } = await ask(port)
    expect(status).toBe(200)
    expect(JSON.parse(body.toString())).toMatchObject({
      host: 'web.shop.localhost',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-port': String(port),
      'x-forwarded-host': 'web.shop.localhost',
    })
  })

  test('shares its connection with the next one, also when they come together', async () => {
    await using server = await ReplicaServer.start((incoming, response) => response.end(`<${incoming.url}>`))
    await using world = await worldOf(server)
    using client = new RawClient(await secureConnection(world.port('web-tls')))
    await client.get('/one').until(/<\/one>/)
    await client
      .send('GET /two HTTP/1.1\r\nHost: web.shop.localhost\r\n\r\nGET /three HTTP/1.1\r\nHost: web.shop.localhost\r\n\r\n')
      .until(/<\/two>[\s\S]*<\/three>/)
    expect(client.ended).toBe(false)
  })

  test('has a body of any size, both ways', async () => {
    await using server = await ReplicaServer.start((incoming, response) => incoming.pipe(response))
    await using world = await worldOf(server)
    for (const size of [1024 * 1024, 20 * 1024 * 1024]) {
      const sent = Buffer.alloc(size)
      for (let index = 0; index < size; index += 4096) sent.writeUInt32BE(index, index)
      const { body } = await ask(world.port('web-tls'), { method: 'POST', body: sent })
      expect(body.equals(sent)).toBe(true)
    }
  })

  // What a client does not read must wait at the replica, not in the edge.
  test('holds its replica back while the client does not read', async () => {
    const size = 96 * 1024 * 1024
    await using server = await ReplicaServer.start((_, response) => response.end(Buffer.alloc(size, 7)))
    await using world = await worldOf(server)
    const socket = await secureConnection(world.port('web-tls'))
    socket.write('GET / HTTP/1.1\r\nHost: web.shop.localhost\r\n\r\n')
    const carried = (): readonly number[] => world.all('counters').map(({ backends }) => backends[0]?.bytesOut ?? 0)
    const stalled = await eventually(() => {
      const [before, last] = carried().slice(-2)
      return last !== undefined && last > 0 && last === before ? last : undefined
    })
    expect(stalled).toBeLessThan(size / 2)
    let received = 0
    socket.on('data', (part: Buffer) => {
      received += part.length
    })
    await eventually(() => (received > size ? true : undefined))
    socket.destroy()
  })

  test('may become a WebSocket', async () => {
    await using server = await ReplicaServer.start((_, response) => response.end('no'))
    const sockets = new WebSocketServer({ server: server.server })
    sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(data as Buffer)))
    await using world = await worldOf(server)
    const client = new WebSocket(`wss://127.0.0.1:${world.port('web-tls')}/`, { ca: authority.certificate })
    const received: Buffer[] = []
    client.on('message', (data) => received.push(data as Buffer))
    await new Promise((resolve, reject) => client.on('open', resolve).on('error', reject))
    const messages = [Buffer.from('a'), Buffer.alloc(70_000, 2), Buffer.alloc(1_000_000, 3)]
    for (const message of messages) client.send(message)
    await eventually(() => (received.length === messages.length ? true : undefined))
    expect(Buffer.concat(received).equals(Buffer.concat(messages))).toBe(true)
    client.close()
    sockets.close()
  })
})

describe('a handshake', () => {
  test.each([
    ['web.shop.localhost', /\*\.shop\.localhost/],
    ['WEB.Shop.localhost', /\*\.shop\.localhost/],
    ['bank.example.com', /DNS:bank\.example\.com/],
    ['www.bank.example.com', /DNS:bank\.example\.com/],
    ['a.www.bank.example.com', /\*\.shop\.localhost/],
    ['unknown.test', /\*\.shop\.localhost/],
  ])('for %s shows the certificate for it, or else the first', async (servername, names) => {
    await using server = await ReplicaServer.start((_, response) => response.end('ok'))
    await using world = await worldOf(server)
    const socket = await secureConnection(world.port('web-tls'), { servername, checkServerIdentity: () => undefined })
    expect(namesOf(socket)).toMatch(names)
    expect(socket.authorized).toBe(true)
    socket.destroy()
  })

  test('without a server name shows the first certificate', async () => {
    await using server = await ReplicaServer.start((_, response) => response.end('ok'))
    await using world = await worldOf(server)
    const socket = await secureConnection(world.port('web-tls'), { servername: '' })
    expect(namesOf(socket)).toContain('localhost')
    socket.destroy()
  })

  test('agrees on HTTP/1.1', async () => {
    await using server = await ReplicaServer.start((_, response) => response.end('ok'))
    await using world = await worldOf(server)
    const socket = await secureConnection(world.port('web-tls'), { ALPNProtocols: ['http/1.1'] })
    expect(socket.alpnProtocol).toBe('http/1.1')
    socket.destroy()
  })

  test('agrees on HTTP/2 with clients that can: calls over one connection, and the replica is told of TLS', async () => {
    await using server = await ReplicaServer.start((incoming, response) => response.end(JSON.stringify(incoming.headers)))
    await using world = await worldOf(server)
    const socket = await secureConnection(world.port('web-tls'), { ALPNProtocols: ['h2', 'http/1.1'] })
    expect(socket.alpnProtocol).toBe('h2')
    const session = connectHttp2('https://web.shop.localhost', { createConnection: () => socket })
    for (const path of ['/first', '/second']) {
      const { status, text } = await askHttp2(session, path)
      expect(status).toBe(200)
      expect(JSON.parse(text)).toMatchObject({ 'x-forwarded-proto': 'https', 'x-forwarded-host': 'web.shop.localhost' })
    }
    session.close()
  })

  test('below TLS 1.2 is refused', async () => {
    await using server = await ReplicaServer.start((_, response) => response.end('ok'))
    await using world = await worldOf(server)
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
    await expect(secureConnection(world.port('web-tls'), old)).rejects.toThrow(/alert protocol version/)
    const least = await secureConnection(world.port('web-tls'), { maxVersion: 'TLSv1.2' })
    expect(least.getProtocol()).toBe('TLSv1.2')
    least.destroy()
  })

  test('is shortened for a client that comes back, also after another table', async () => {
    await using server = await ReplicaServer.start((_, response) => response.end('ok'))
    await using world = await worldOf(server)
    const first = await secureConnection(world.port('web-tls'), { maxVersion: 'TLSv1.2' })
    const session = first.getSession()
    first.destroy()
    await world.push(tableOf(server, tlsListenerOf(structuredClone(shop), structuredClone(bank))))
    const again = await secureConnection(world.port('web-tls'), { maxVersion: 'TLSv1.2', session })
    expect(again.isSessionReused()).toBe(true)
    again.destroy()
  })
})

describe('another table', () => {
  test('shows its certificates to new connections, and those that are open go on', async () => {
    await using server = await ReplicaServer.start((_, response) => response.end('<ok>'))
    await using world = await worldOf(server, tlsListenerOf(shop))
    using client = new RawClient(await secureConnection(world.port('web-tls')))
    await client.get().until(/<ok>/)
    await world.push(tableOf(server, tlsListenerOf(aCertificate('web.shop.localhost'))))
    await client.get().until(/<ok>[\s\S]*<ok>/)
    const next = await secureConnection(world.port('web-tls'))
    expect(namesOf(next)).toBe('DNS:web.shop.localhost')
    next.destroy()
  })

  test('with a certificate that cannot be used serves the others', async () => {
    const broken: EdgeCertificate = { hosts: ['bank.example.com'], pair: { chain: 'no certificate', key: 'no key' } }
    await using server = await ReplicaServer.start((_, response) => response.end('<ok>'))
    await using world = await worldOf(server, tlsListenerOf(broken, shop))
    using client = new RawClient(await secureConnection(world.port('web-tls')))
    await client.get().until(/<ok>/)
  })

  test('without any certificate ends connections', async () => {
    await using server = await ReplicaServer.start((_, response) => response.end('<ok>'))
    await using world = await worldOf(server, tlsListenerOf({ hosts: ['web.shop.localhost'] }))
    await expect(secureConnection(world.port('web-tls'))).rejects.toThrow(/socket|ECONNRESET/)
  })

  test('without the listener ends connections that are idle', async () => {
    await using server = await ReplicaServer.start((_, response) => response.end('<ok>'))
    await using world = await worldOf(server)
    using client = new RawClient(await secureConnection(world.port('web-tls')))
    await client.get().until(/<ok>/)
    await world.push(tableOf(server))
    expect(await client.untilEnd()).toMatch(/<ok>$/)
  })
})

describe('a client that does not speak TLS', () => {
  test('is told so in plain HTTP', async () => {
    await using server = await ReplicaServer.start((_, response) => response.end('ok'))
    await using world = await worldOf(server)
    using client = new RawClient(world.port('web-tls'))
    const text = await client.get().untilEnd()
    expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    expect(text).toMatch(/Connection: close\r\n/)
    expect(text).toMatch(/this port speaks TLS: ask with https:\/\/ instead of http:\/\/\n$/)
  })

  test.each([
    ['bytes of no protocol', '\x00\x01\x02'],
    ['a broken handshake', '\x16\x03\x01\x00\x05hello'],
  ])('but %s is cut', async (_name, bytes) => {
    await using server = await ReplicaServer.start((_, response) => response.end('ok'))
    await using world = await worldOf(server)
    using client = new RawClient(world.port('web-tls'))
    client.send(bytes)
    await eventually(() => (client.closed || client.ended ? true : undefined))
    expect(client.received).not.toMatch(/HTTP/)
  })

  test.each([
    ['nothing', ''],
    ['half a handshake', '\x16\x03\x01\x02\x00\x01'],
  ])('and goes away after %s leaves nothing behind', async (_name, bytes) => {
    await using server = await ReplicaServer.start((_, response) => response.end('ok'))
    await using world = await worldOf(server)
    using client = new RawClient(world.port('web-tls'))
    client.send(bytes)
    client.socket.end()
    await eventually(() => (client.closed || client.ended ? true : undefined))
  })
})

describe('a route that wants https', () => {
  async function secured(httpsPort: number): Promise<{ readonly server: ReplicaServer; readonly world: EdgeWorld }> {
    const server = await ReplicaServer.start((_, response) => response.end('<ok>'))
    const world = new EdgeWorld()
    const table = tableOf(server, tlsListenerOf(shop))
    await world.push({ ...table, routes: table.routes.map((route) => ({ ...route, httpsPort })) })
    return { server, world }
  }

  test.each([
    [8443, 'https://web.shop.localhost:8443/a?b=c'],
    [443, 'https://web.shop.localhost/a?b=c'],
  ])('sends plain HTTP there (port %i), and serves what comes over TLS', async (port, location) => {
    const { server, world } = await secured(port)
    await using _server = server
    await using _world = world
    using plain = new RawClient(world.port())
    const text = await plain.get('/a?b=c').until(/at port \d+\n$/)
    expect(text).toMatch(/^HTTP\/1\.1 308 Permanent Redirect\r\n/)
    expect(text).toContain(`\r\nLocation: ${location}\r\n`)
    expect(await plain.get('/again').until(/308[\s\S]*308/)).toContain('/again\r\n')
    expect((await ask(world.port('web-tls'), { path: '/a?b=c' })).body.toString()).toBe('<ok>')
  })

  test('sends a request without a host nowhere', async () => {
    const { server, world } = await secured(8443)
    await using _server = server
    await using _world = world
    using plain = new RawClient(world.port())
    expect(await plain.send('GET / HTTP/1.0\r\n\r\n').untilEnd()).toMatch(/^HTTP\/1\.1 400 [\s\S]*served over https/)
  })
})

test('a service address carries TLS of its replica as it is', async () => {
  const own = aCertificate('db.example.com')
  const server = createServer({ cert: own.pair?.chain, key: own.pair?.key }, (_, response) => response.end('<from inside>'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  await using world = new EdgeWorld()
  const backend = aBackend('web', { replicas: [aReplica('web--a.0', (server.address() as AddressInfo).port)] })
  await world.push(aTable({ backends: [backend], listeners: [webListener, serviceListenerOf('web')] }))
  using client = new RawClient(await secureConnection(world.port('service/web.default:80'), { servername: 'db.example.com' }))
  expect(namesOf(client.socket as TLSSocket)).toBe('DNS:db.example.com')
  await client.get().until(/<from inside>/)
  client.socket.destroy()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

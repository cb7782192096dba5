import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  type ClientHttp2Session,
  connect,
  constants,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2'
import { describe, expect, test } from '@jest/globals'
import { SystemClock } from '../../../runtime/edge/system-clock.ts'
import { after, type Instant } from '../../../src/kernel/instant.ts'
import type { EdgeReplica } from '../../../src/model/edge.ts'
import { ensureDebianPackages } from '../../kit/docker/debian-packages.ts'
import { eventually } from '../../kit/eventually.ts'
import { aBackend, aReplica, aTable, EdgeWorld, serviceListenerOf, stopped, webListener } from './edge-world.ts'
import { RawClient } from './raw-client.ts'
import { ReplicaServer } from './replica-server.ts'

const service = 'service/web.default:80'
const listeners = [webListener, serviceListenerOf('web')]
const MEGABYTE = 1024 * 1024

/** A server of HTTP/2 without TLS that stands for a replica. */
class Http2Replica implements AsyncDisposable {
  readonly server: Http2Server
  readonly sessions = new Set<{ destroy(): void }>()
  accepted = 0
  #port = 0

  private constructor(server: Http2Server) {
    this.server = server
    server.on('session', (session) => {
      this.accepted++
      this.sessions.add(session)
      session.on('close', () => this.sessions.delete(session)).on('error', () => {})
    })
  }

  static async start(
    onStream: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
    settings: { readonly maxConcurrentStreams?: number } = {},
  ): Promise<Http2Replica> {
    const replica = new Http2Replica(createServer({ settings }))
    replica.server.on('stream', (stream, headers) => {
      stream.on('error', () => {})
      onStream(stream, headers)
    })
    replica.server.listen(0, '127.0.0.1')
    await once(replica.server, 'listening')
    const address = replica.server.address()
    replica.#port = typeof address === 'object' && address !== null ? address.port : 0
    return replica
  }

  replica(name = 'web--a.0'): EdgeReplica {
    return aReplica(name, this.#port)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const session of this.sessions) session.destroy()
    await new Promise((resolve) => this.server.close(resolve))
  }
}

interface Got {
  readonly headers: IncomingHttpHeaders
  readonly interim: readonly IncomingHttpHeaders[]
  readonly trailers: IncomingHttpHeaders | undefined
  readonly body: string
  readonly code: number
}

class Http2Client implements Disposable {
  readonly session: ClientHttp2Session
  goneAway = 0

  constructor(port: number) {
    this.session = connect(`http://127.0.0.1:${port}`)
    this.session.on('error', () => {}).on('goaway', () => this.goneAway++)
  }

  async get(path = '/', headers: OutgoingHttpHeaders = {}, body?: string): Promise<Got> {
    const stream = this.session.request({ ':path': path, ...headers }, { endStream: body === undefined })
    if (body !== undefined) stream.end(body)
    const interim: IncomingHttpHeaders[] = []
    let answer: IncomingHttpHeaders = {}
    let trailers: IncomingHttpHeaders | undefined
    let text = ''
    stream
      .on('headers', (received) => interim.push(received))
      .on('response', (received) => {
        answer = received
      })
      .on('trailers', (received) => {
        trailers = received
      })
      .on('data', (chunk: Buffer) => {
        text += chunk.toString()
      })
      .on('error', () => {})
    await new Promise((resolve) => stream.on('close', resolve))
    return { headers: answer, interim, trailers, body: text, code: stream.rstCode ?? -1 }
  }

  [Symbol.dispose](): void {
    this.session.destroy()
  }
}

async function worldOf(...replicas: readonly EdgeReplica[]): Promise<EdgeWorld> {
  const world = new EdgeWorld()
  await world.push(aTable({ backends: [aBackend('web', { replicas })], listeners }))
  return world
}

function echo(name: string): (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void {
  return (stream, headers) => {
    stream.respond({ ':status': 200, 'x-name': name, 'x-path': headers[':path'] })
    stream.pipe(stream)
  }
}

describe.each([
  ['over routes', 'web'],
  ['over a service address', service],
])('HTTP/2 by prior knowledge %s', (_, listener) => {
  test('carries bodies, trailers and interim answers', async () => {
    await using replica = await Http2Replica.start((stream, headers) => {
      stream.additionalHeaders({ ':status': 103, link: '</style.css>; rel=preload' })
      stream.respond({ ':status': 201, 'x-method': headers[':method'], 'set-cookie': ['a=1', 'b=2'] }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '5' }))
      stream.pipe(stream)
    })
    await using world = await worldOf(replica.replica())
    using client = new Http2Client(world.port(listener))
    const got = await client.get('/a?b=c', { ':method': 'POST' }, 'hello')
    expect(got).toMatchObject({ body: 'hello', code: 0, trailers: { 'x-sum': '5' } })
    expect(got.headers).toMatchObject({ ':status': 201, 'x-method': 'POST', 'set-cookie': ['a=1', 'b=2'] })
    expect(got.interim).toMatchObject([{ ':status': 103, link: '</style.css>; rel=preload' }])
  })

  test('carries trailers of a request', async () => {
    let seen: IncomingHttpHeaders | undefined
    await using replica = await Http2Replica.start((stream) => {
      stream.on('trailers', (trailers) => {
        seen = trailers
      })
      stream.resume()
      stream.on('end', () => {
        stream.respond({ ':status': 200 })
        stream.end()
      })
    })
    await using world = await worldOf(replica.replica())
    using client = new Http2Client(world.port(listener))
    const stream = client.session.request({ ':method': 'POST' }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-last': 'word' }))
    stream.end('body')
    stream.resume()
    await once(stream, 'close')
    expect(seen).toMatchObject({ 'x-last': 'word' })
  })

  test('answers HEAD, 204 and bodies without bytes', async () => {
    await using replica = await Http2Replica.start((stream, headers) => {
      if (headers[':method'] === 'HEAD') stream.respond({ ':status': 200, 'content-length': '10' }, { endStream: true })
      else if (headers[':path'] === '/204') stream.respond({ ':status': 204 })
      else {
        stream.respond({ ':status': 404 })
        stream.end()
      }
    })
    await using world = await worldOf(replica.replica())
    using client = new Http2Client(world.port(listener))
    expect(await client.get('/', { ':method': 'HEAD' })).toMatchObject({ headers: { ':status': 200, 'content-length': '10' }, code: 0 })
    expect(await client.get('/204')).toMatchObject({ headers: { ':status': 204 }, code: 0 })
    expect(await client.get('/empty')).toMatchObject({ headers: { ':status': 404 }, body: '', code: 0 })
    const last = await eventually(() => world.all('counters').find(({ backends }) => backends[0]?.requests === 3))
    expect(last.backends[0]?.statusClasses).toEqual([0, 2, 0, 1, 0])
  })

  test('passes on resets with their code, both ways', async () => {
    let code: number | undefined
    await using replica = await Http2Replica.start((stream, headers) => {
      if (headers[':path'] === '/reset') {
        stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM)
        return
      }
      stream.respond({ ':status': 200 })
      stream.write('begin')
      stream.on('close', () => {
        code = stream.rstCode
      })
    })
    await using world = await worldOf(replica.replica())
    using client = new Http2Client(world.port(listener))
    expect((await client.get('/reset')).code).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM)
    const stream = client.session.request({ ':path': '/open' })
    stream.on('error', () => {})
    await once(stream, 'data')
    stream.close(constants.NGHTTP2_CANCEL)
    await eventually(() => code)
    expect(code).toBe(constants.NGHTTP2_CANCEL)
    const last = await eventually(() =>
      world.all('counters').find(({ backends }) => backends[0]?.requests === 2 && backends[0].inFlight === 0),
    )
    expect(last.backends[0]?.statusClasses[4]).toBe(1)
  })

  test('passes on an answer that comes before the request is complete', async () => {
    await using replica = await Http2Replica.start((stream) => {
      stream.respond({ ':status': 413 })
      stream.end('too large')
      stream.close()
    })
    await using world = await worldOf(replica.replica())
    using client = new Http2Client(world.port(listener))
    const stream = client.session.request({ ':method': 'POST' })
    stream.on('error', () => {})
    let text = ''
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    const response = once(stream, 'response')
    stream.write('the first of many')
    await response
    await once(stream, 'close')
    expect(text).toBe('too large')
    expect((await client.get()).headers[':status']).toBe(413)
  })

  test('carries large bodies both ways at once', async () => {
    await using replica = await Http2Replica.start(echo('one'))
    await using world = await worldOf(replica.replica())
    using client = new Http2Client(world.port(listener))
    const stream = client.session.request({ ':method': 'POST' })
    const block = Buffer.alloc(MEGABYTE, 98)
    let received = 0
    stream.on('data', (chunk: Buffer) => {
      received += chunk.length
    })
    for (let sent = 0; sent < 30; sent++) if (!stream.write(block)) await once(stream, 'drain')
    stream.end()
    await once(stream, 'close')
    expect(received).toBe(30 * MEGABYTE)
  })

  test('carries a large answer to a request without a body', async () => {
    const body = Buffer.alloc(20 * MEGABYTE, 99)
    await using replica = await Http2Replica.start((stream) => {
      stream.respond({ ':status': 200 })
      for (let at = 0; at < body.length; at += MEGABYTE) stream.write(body.subarray(at, at + MEGABYTE))
      stream.end()
    })
    await using world = await worldOf(replica.replica())
    using client = new Http2Client(world.port(listener))
    expect((await client.get()).body.length).toBe(body.length)
  })

  test('recognises a preface that comes in pieces', async () => {
    await using replica = await Http2Replica.start(echo('one'))
    await using world = await worldOf(replica.replica())
    using client = new RawClient(world.port(listener))
    for (const piece of ['P', 'RI * HT', 'TP/2.0\r\n\r', '\n']) {
      client.send(piece)
      await new Promise((resolve) => client.socket.write('', resolve))
    }
    const settings = '\x00\x00\x00\x04\x00\x00\x00\x00\x00'
    const acknowledged = '\x00\x00\x00\x04\x01\x00\x00\x00\x00'
    client.send(`SM\r\n\r\n${settings}`)
    await eventually(() => (client.received.includes(acknowledged) ? true : undefined))
    expect(client.received.charCodeAt(3)).toBe(4)
  })
})

describe('a request over routes', () => {
  test('is led by its authority and path, and gets the fields of a proxy', async () => {
    let seen: IncomingHttpHeaders = {}
    await using replica = await Http2Replica.start((stream, headers) => {
      seen = headers
      stream.respond({ ':status': 200 })
      stream.end('shop')
    })
    await using world = new EdgeWorld()
    const backends = [aBackend('web', { replicas: [replica.replica()] }), aBackend('other')]
    const routes = [
      {
        host: 'shop.localhost',
        path: '/api',
        pathType: 'prefix' as const,
        targets: [{ backend: aBackend('web').id, upTo: 1 }],
        holdMs: 1000,
      },
    ]
    await world.push(aTable({ backends, routes }))
    using client = new Http2Client(world.port())
    const got = await client.get('/api/x?y', { ':authority': `Shop.localhost:${world.port()}`, 'x-forwarded-for': '10.0.0.1' })
    expect(got.body).toBe('shop')
    expect(seen).toMatchObject({
      ':authority': `Shop.localhost:${world.port()}`,
      'x-forwarded-for': '10.0.0.1, 127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': `Shop.localhost:${world.port()}`,
      'x-forwarded-port': String(world.port()),
    })
    expect(seen['x-request-id']).toMatch(/^test-/)
    const lost = await client.get('/', { ':authority': 'shop.localhost' })
    expect(lost).toMatchObject({ headers: { ':status': 404 }, body: 'no route for path / of host shop.localhost\n' })
  })

  test('is refused with the reason, without a body for HEAD, and its upload is not waited for', async () => {
    await using world = await EdgeWorld.with(aBackend('web', { gate: stopped }))
    using client = new Http2Client(world.port())
    const got = await client.get('/', { ':method': 'POST' })
    expect(got).toMatchObject({ body: 'web is stopped (MP6003)\n', code: 0 })
    expect(got.headers).toMatchObject({ ':status': 503, 'retry-after': '3', 'x-minipaas-reason': 'web is stopped (MP6003)' })
    expect(await client.get('/', { ':method': 'HEAD' })).toMatchObject({ headers: { ':status': 503 }, body: '' })
    const upload = client.session.request({ ':method': 'POST' })
    upload.resume()
    upload.write('never ending')
    await once(upload, 'close')
    expect(upload.rstCode).toBe(0)
    expect(await client.get('/', { ':authority': 'a', host: 'b' })).toMatchObject({ headers: { ':status': 400 } })
  })

  test('of gRPC to a server of HTTP/1 only says so', async () => {
    await using replica = await ReplicaServer.start((_, response) => response.end('http/1'))
    await using world = await worldOf(replica.replica())
    for (const listener of ['web', service]) {
      using client = new Http2Client(world.port(listener))
      const got = await client.get('/', { 'content-type': 'application/grpc', te: 'trailers', ':method': 'POST' }, 'x')
      expect(got.headers).toMatchObject({ ':status': 200, 'grpc-status': '14' })
      expect(got.headers['grpc-message']).toMatch(/^web: it does not speak HTTP\/2/)
    }
  })

  test('is carried over HTTP/1.1 to such a server, unless it is a call of gRPC', async () => {
    const seen: string[] = []
    await using replica = await ReplicaServer.start((incoming, response) => {
      seen.push(`${incoming.method} ${incoming.url} ${incoming.headers.host} ${incoming.headers['x-forwarded-for']}`)
      response.writeEarlyHints({ link: '</style.css>; rel=preload' })
      response.writeHead(incoming.url === '/204' ? 204 : 200, { 'set-cookie': ['a=1', 'b=2'], 'x-name': 'http/1' })
      incoming.pipe(response)
    })
    await using world = await worldOf(replica.replica())
    for (const listener of ['web', service]) {
      using client = new Http2Client(world.port(listener))
      const got = await client.get('/a?b', { ':method': 'POST', ':authority': 'shop' }, 'hello')
      expect(got).toMatchObject({ body: 'hello', code: 0, headers: { ':status': 200, 'set-cookie': ['a=1', 'b=2'], 'x-name': 'http/1' } })
      expect(got.interim).toMatchObject([{ ':status': 103 }])
      expect(await client.get('/204')).toMatchObject({ headers: { ':status': 204 }, body: '', code: 0 })
      expect(await client.get('/', { ':method': 'HEAD' })).toMatchObject({ headers: { ':status': 200 }, body: '', code: 0 })
      const big = 'x'.repeat(3 * MEGABYTE)
      expect((await client.get('/', { ':method': 'PUT', 'content-length': String(big.length) }, big)).body.length).toBe(big.length)
      const together = await Promise.all(Array.from({ length: 20 }, () => client.get('/', { ':method': 'POST' }, 'together')))
      expect(together.map(({ body }) => body)).toEqual(Array(20).fill('together'))
    }
    expect(seen[0]).toBe('POST /a?b shop 127.0.0.1')
    const last = await eventually(() => world.all('counters').find(({ backends }) => backends[0]?.requests === 48))
    expect(last.backends[0]).toMatchObject({ statusClasses: [0, 48, 0, 0, 0], inFlight: 0 })
  })

  test('over HTTP/1.1 waits for a client that does not read, and ends with it', async () => {
    let written = 0
    let closed = false
    await using replica = await ReplicaServer.start((_, response) => {
      const block = Buffer.alloc(64 * 1024, 97)
      const write = (): void => {
        while (written < 200 * MEGABYTE) {
          written += block.length
          if (!response.write(block)) {
            response.once('drain', write)
            return
          }
        }
      }
      response.on('close', () => {
        closed = true
      })
      write()
    })
    await using world = await worldOf(replica.replica())
    using client = new Http2Client(world.port())
    const stream = client.session.request()
    stream.on('error', () => {})
    await once(stream, 'response')
    for (let turn = 0; turn < 20; turn++) await client.get('/', { ':authority': 'a', host: 'b' })
    expect(written).toBeLessThan(60 * MEGABYTE)
    stream.close(constants.NGHTTP2_CANCEL)
    await eventually(() => (closed ? true : undefined))
    await eventually(() => world.all('counters').find(({ backends }) => backends[0]?.inFlight === 0 && backends[0].requests === 1))
  })

  test('opens another session where a replica takes few calls at once', async () => {
    const open: ServerHttp2Stream[] = []
    await using replica = await Http2Replica.start((stream) => void open.push(stream), { maxConcurrentStreams: 2 })
    await using world = await worldOf(replica.replica())
    using client = new Http2Client(world.port())
    const answers = Array.from({ length: 7 }, () => client.get())
    await eventually(() => (open.length === 7 ? true : undefined))
    expect(replica.accepted).toBe(4)
    for (const stream of open) {
      stream.respond({ ':status': 200 })
      stream.end('done')
    }
    expect((await Promise.all(answers)).map(({ body }) => body)).toEqual(Array(7).fill('done'))
  })

  test('that a replica refuses unread is made again', async () => {
    let refused = 0
    await using replica = await Http2Replica.start((stream, headers) => {
      if (refused++ === 0) stream.close(constants.NGHTTP2_REFUSED_STREAM)
      else echo('one')(stream, headers)
    })
    await using world = await worldOf(replica.replica())
    using client = new Http2Client(world.port())
    expect(await client.get('/', { ':method': 'POST' }, 'once more')).toMatchObject({ body: 'once more', headers: { ':status': 200 } })
  })

  test('waits with its body unread', async () => {
    await using world = await worldOf()
    using client = new Http2Client(world.port())
    const upload = client.session.request({ ':method': 'POST' })
    let finished = false
    upload.write(Buffer.alloc(4 * MEGABYTE), () => {
      finished = true
    })
    await eventually(() => (world.held === 1 ? true : undefined))
    await client.get('/', { ':authority': 'a', host: 'b' })
    expect(finished).toBe(false)
    await using replica = await Http2Replica.start(echo('one'))
    await world.push(aTable({ backends: [aBackend('web', { replicas: [replica.replica()] })], listeners }))
    let received = 0
    upload.on('data', (chunk: Buffer) => {
      received += chunk.length
    })
    upload.end()
    await once(upload, 'close')
    expect(received).toBe(4 * MEGABYTE)
  })
})

test('statuses are counted in a splice as they are call by call', async () => {
  await using replica = await Http2Replica.start((stream, headers) => {
    const status = Number(headers[':path']?.slice(1))
    stream.respond({ ':status': status }, { endStream: true })
  })
  for (const listener of ['web', service]) {
    await using world = await worldOf(replica.replica())
    using client = new Http2Client(world.port(listener))
    for (const status of [200, 201, 204, 206, 302, 304, 400, 404, 429, 500, 503]) {
      expect((await client.get(`/${status}`)).headers[':status']).toBe(status)
    }
    const last = await eventually(() => world.all('counters').find(({ backends }) => backends[0]?.requests === 11))
    expect(last.backends[0]?.statusClasses).toEqual([0, 4, 2, 3, 2])
  }
})

/** The edge looks at its connections every 5 s; here ten times a second. */
class QuickSweeps extends SystemClock {
  override at(when: Instant, run: () => void): Disposable {
    const now = this.now()
    return super.at(when - now > 4900 && when - now < 5100 ? after(now, 100) : when, run)
  }
}

// What a client sends after the preface is its own affair: it must not take anything of others with it.
test('clients that send nonsense, or leave at any moment, leave nothing behind', async () => {
  await using replica = await Http2Replica.start((stream) => {
    stream.respond({ ':status': 200 })
    stream.end('x'.repeat(100_000))
  })
  const world = new EdgeWorld({ clock: new QuickSweeps() })
  await using _ = world
  await world.push(aTable({ backends: [aBackend('web', { replicas: [replica.replica()] })], listeners }))
  // A small generator of our own: the same bytes in each run.
  let seed = 7
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((seed / 2_147_483_648) * below)
  }
  const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])
  const request = (stream: number): Buffer => {
    // GET / http, and an authority without name.
    const block = Buffer.from([0x82, 0x84, 0x86, 0x01, 1, 0x61])
    return Buffer.concat([Buffer.from([0, 0, block.length, 1, 5, 0, 0, 0, stream]), block])
  }
  const clients: RawClient[] = []
  for (let turn = 0; turn < 120; turn++) {
    const client = new RawClient(world.port(turn % 2 === 0 ? 'web' : service))
    clients.push(client)
    const parts: Buffer[] = [Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), settings]
    for (let stream = 1; stream <= 1 + 2 * random(4); stream += 2) parts.push(request(stream))
    if (random(2) === 0) parts.push(Buffer.from(Array.from({ length: random(60) }, () => random(256))))
    const bytes = Buffer.concat(parts)
    const length = random(3) === 0 ? random(bytes.length) : bytes.length
    client.socket.write(bytes.subarray(0, length))
    const leaving = random(4)
    if (leaving === 0) client.socket.end()
    else if (leaving === 1) client.socket.destroy()
    else if (leaving === 2) client.socket.resetAndDestroy()
    using other = new Http2Client(world.port(turn % 2 === 0 ? 'web' : service))
    expect((await other.get()).body.length).toBe(100_000)
  }
  for (const client of clients) client[Symbol.dispose]()
  const count = world.all('counters').length
  await eventually(() => world.all('counters').find(({ backends }, index) => index > count && backends[0]?.inFlight === 0))
  expect(world.messages.filter(({ type }) => type === 'outlier')).toEqual([])
})

describe('the listener of a connection', () => {
  test.each([['web'], [service]])('may go: the client is told by GOAWAY when its requests have ended (%s)', async (listener) => {
    const open: ServerHttp2Stream[] = []
    await using replica = await Http2Replica.start((stream) => void open.push(stream))
    await using world = await worldOf(replica.replica())
    using client = new Http2Client(world.port(listener))
    const got = client.get()
    await eventually(() => open[0])
    const closed = once(client.session, 'close')
    await world.push(aTable({ backends: [aBackend('web', { replicas: [replica.replica()] })], listeners: [] }))
    await eventually(() => (client.goneAway > 0 ? true : undefined))
    open[0]?.respond({ ':status': 200 })
    open[0]?.end('last')
    expect((await got).body).toBe('last')
    await closed
  })
})

describe('h2load and nghttp', () => {
  async function run(program: string, ...args: readonly string[]): Promise<string> {
    ensureDebianPackages({ nghttp: 'nghttp2-client', h2load: 'nghttp2-client' }, 'Install nghttp2-client, or run the other test lanes.')
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString()
      })
    }
    await once(child, 'close')
    return text
  }

  test.each([['web'], [service]])('find nothing to complain about (%s)', async (listener) => {
    await using replica = await Http2Replica.start((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'text/plain' })
      stream.end('x'.repeat(1000))
    })
    await using world = await worldOf(replica.replica())
    const url = `http://127.0.0.1:${world.port(listener)}/`
    const load = await run('h2load', '-n', '2000', '-c', '10', '-m', '20', url)
    expect(load).toMatch(/2000 total, 2000 started, 2000 done, 2000 succeeded, 0 failed, 0 errored, 0 timeout/)
    const verbose = await run('nghttp', '-v', '-n', url)
    expect(verbose).toMatch(/:status: 200/)
    expect(verbose).not.toMatch(/error_code=(?!NO_ERROR)|\[ERROR\]/)
    const last = await eventually(() => world.all('counters').find(({ backends }) => backends[0]?.requests === 2001))
    expect(last.backends[0]?.statusClasses).toEqual([0, 2001, 0, 0, 0])
  })
})

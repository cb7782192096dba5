import { request } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { aBackend, aTable, EdgeWorld, serviceListenerOf, webListener } from './edge-world.ts'
import { RawClient } from './raw-client.ts'
import { ReplicaServer, TcpReplica } from './replica-server.ts'

/** Answers every request with what arrived. */
function echo(): Promise<ReplicaServer> {
  return ReplicaServer.start((incoming, response) => {
    const parts: Buffer[] = []
    incoming.on('data', (part: Buffer) => parts.push(part))
    incoming.on('end', () => {
      const body = Buffer.concat(parts).toString('latin1')
      response.end(
        JSON.stringify({ method: incoming.method, url: incoming.url, headers: incoming.headers, body, trailers: incoming.trailers }),
      )
    })
  })
}

/** A replica that answers each connection's first head with fixed bytes. */
function saying(...parts: readonly string[]): Promise<TcpReplica> {
  return TcpReplica.start((socket) => {
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (!text.includes('\r\n\r\n')) return
      text = ''
      for (const part of parts) socket.write(part, 'latin1')
    })
  })
}

describe('a forwarded request', () => {
  test('keeps method, target, Host, fields and body', async () => {
    await using server = await echo()
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    const response = await fetch(world.url('/a/b?c=%20d'), {
      method: 'PUT',
      body: 'hello',
      headers: { 'x-own': 'Ünïcode'.normalize('NFC') },
    })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({
      method: 'PUT',
      url: '/a/b?c=%20d',
      body: 'hello',
      headers: { host: `127.0.0.1:${world.port()}`, 'x-own': 'Ünïcode', 'content-length': '5' },
    })
  })

  test('says who asked, without taking away what an earlier proxy said', async () => {
    await using server = await echo()
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    const first = (await (await fetch(world.url())).json()) as { headers: Record<string, string> }
    expect(first.headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': `127.0.0.1:${world.port()}`,
      'x-forwarded-port': String(world.port()),
    })
    expect(first.headers['x-request-id']).toMatch(/^test-/)
    const headers = { 'x-forwarded-for': '10.0.0.1', 'x-forwarded-proto': 'https', 'x-request-id': 'mine' }
    expect(await (await fetch(world.url(), { headers })).json()).toMatchObject({
      headers: { 'x-forwarded-for': '10.0.0.1, 127.0.0.1', 'x-forwarded-proto': 'https', 'x-request-id': 'mine' },
    })
  })

  test('loses what concerned one connection only', async () => {
    await using server = await echo()
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    using client = new RawClient(world.port())
    client.get(
      '/',
      'Connection: keep-alive, X-Secret\r\nKeep-Alive: timeout=5\r\nX-Secret: 1\r\nTE: trailers\r\nProxy-Connection: x\r\nX-Kept: 2\r\n',
    )
    const answer = await client.until(/"trailers":\{\}\}/)
    expect(answer).toContain('"x-kept":"2"')
    for (const gone of ['x-secret', '"te"', 'proxy-connection', 'timeout=5']) expect(answer.toLowerCase()).not.toContain(gone)
  })

  test('to a service address arrives as it was sent', async () => {
    await using server = await echo()
    await using world = new EdgeWorld()
    await world.push(
      aTable({ backends: [aBackend('web', { replicas: [server.replica()] })], listeners: [webListener, serviceListenerOf('web')] }),
    )
    const response = await fetch(`http://127.0.0.1:${world.port('service/web.default:80')}/x`, {
      headers: { 'x-forwarded-for': '9.9.9.9' },
    })
    const { headers } = (await response.json()) as { headers: Record<string, string> }
    expect(headers['x-forwarded-for']).toBe('9.9.9.9')
    expect(Object.keys(headers)).not.toContain('x-forwarded-proto')
    expect(Object.keys(headers)).not.toContain('x-request-id')
  })
})

describe('connections', () => {
  test('are kept on both sides', async () => {
    await using server = await ReplicaServer.start((_, response) => response.end('ok'))
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    using client = new RawClient(world.port())
    for (let turn = 1; turn <= 5; turn++) {
      client.get(`/${turn}`)
      await client.until(new RegExp(`(ok[^]*){${turn}}`))
    }
    expect(client.ended).toBe(false)
    expect(server.connections).toBe(1)
  })

  test('answer pipelined requests in order', async () => {
    await using server = await ReplicaServer.start(
      (incoming, response) => void incoming.resume().on('end', () => response.end(`<${incoming.url}>`)),
    )
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    using client = new RawClient(world.port())
    const post = 'POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'
    const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`
    client.send(get('/1') + get('/2') + post + get('/3') + get('/4'))
    const answer = await client.until(/<\/4>/)
    expect([...answer.matchAll(/<\/(\w+)>/g)].map((match) => match[1])).toEqual(['1', '2', 'p', '3', '4'])
  })

  test('end when either side says so', async () => {
    await using server = await ReplicaServer.start((_, response) => response.setHeader('connection', 'close').end('bye'))
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    using asking = new RawClient(world.port())
    expect(await asking.get('/', 'Connection: close\r\n').untilEnd()).toMatch(/Connection: close\r\n[\s\S]*bye/)
    using staying = new RawClient(world.port())
    staying.get().get()
    await staying.until(/bye[\s\S]*bye/)
    expect(staying.ended).toBe(false)
    expect(server.connections).toBe(3)
  })

  test('of HTTP/1.0 end after one answer, unless asked to stay', async () => {
    await using server = await ReplicaServer.start((_, response) => response.setHeader('content-length', 2).end('ok'))
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    using once = new RawClient(world.port())
    expect(await once.send('GET / HTTP/1.0\r\n\r\n').untilEnd()).toMatch(/^HTTP\/1.1 200 [\s\S]*ok$/)
    using staying = new RawClient(world.port())
    const request = 'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n'
    await staying.send(request).until(/Connection: keep-alive\r\n[\s\S]*ok/)
    await staying.send(request).until(/ok[\s\S]*ok/)
  })

  test('that a server has just closed cost a new connection, not a request', async () => {
    await using server = await TcpReplica.start((socket) => {
      let requests = 0
      socket.on('data', () => {
        requests++
        if (requests === 1) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
        else socket.destroy()
      })
    })
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    using client = new RawClient(world.port())
    await client.get().until(/ok/)
    await client.get().until(/ok[\s\S]*ok/)
    expect(server.accepted).toBe(2)
  })

  test('that break before an answer on a new connection are told, not repeated', async () => {
    await using server = await TcpReplica.start((socket) => socket.on('data', () => socket.destroy()))
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    const response = await fetch(world.url())
    expect(response.status).toBe(502)
    expect(response.headers.get('x-minipaas-reason')).toMatch(/^web: the replica closed the connection/)
    expect(server.accepted).toBe(1)
  })
})

describe('bodies', () => {
  test('are passed on chunk by chunk with their trailers, both ways', async () => {
    await using server = await ReplicaServer.start((incoming, response) => {
      incoming.resume().on('end', () => {
        response.writeHead(200, { trailer: 'x-sum' })
        response.write('one')
        response.write('two')
        response.addTrailers({ 'x-sum': String(incoming.trailers['x-up']) })
        response.end()
      })
    })
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    const trailers = await new Promise((resolve, reject) => {
      const outgoing = request(world.url(), { method: 'POST', headers: { trailer: 'x-up' } }, (response) => {
        response.resume().on('end', () => resolve(response.trailers))
      })
      outgoing.on('error', reject).write('part')
      outgoing.addTrailers({ 'x-up': '42' })
      outgoing.end()
    })
    expect(trailers).toEqual({ 'x-sum': '42' })
  })

  test('of HEAD, 204 and 304 do not exist, whatever the fields say', async () => {
    await using server = await ReplicaServer.start((incoming, response) => {
      const status = Number(incoming.url?.slice(1)) || 200
      response
        .writeHead(status, status === 204 ? {} : { 'content-length': 10 })
        .end(incoming.method === 'HEAD' || status !== 200 ? undefined : '0123456789')
    })
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    using client = new RawClient(world.port())
    client.send('HEAD / HTTP/1.1\r\nHost: h\r\n\r\n').get('/204').get('/304').get('/200')
    const answer = await client.until(/0123456789/)
    expect([...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1])).toEqual(['200', '204', '304', '200'])
  })

  test("that end with the connection end the client's too; HTTP/1.0 gets them without chunks", async () => {
    await using open = await saying('HTTP/1.0 200 OK\r\n\r\n', 'all of it')
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [open.replica()] }))
    using client = new RawClient(world.port())
    await client.get().until(/all of it/)
    expect(client.ended).toBe(false)
    for (const socket of open.sockets) socket.end()
    expect(await client.untilEnd()).toMatch(/Connection: close\r\n\r\nall of it$/)
    await using chunked = await saying(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
      '3\r\nabc\r\n4;x=y\r\ndefg\r\n',
      '0\r\n\r\n',
    )
    await world.change(aBackend('web', { replicas: [chunked.replica()] }))
    using old = new RawClient(world.port())
    const answer = await old.send('GET / HTTP/1.0\r\n\r\n').untilEnd()
    expect(answer).toMatch(/\r\n\r\nabcdefg$/)
    expect(answer).not.toContain('Transfer-Encoding')
  })

  test("that are cut off end the client's connection", async () => {
    await using server = await saying('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n', 'only this')
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    using client = new RawClient(world.port())
    await client.get().until(/only this/)
    for (const socket of server.sockets) socket.destroy()
    await client.untilEnd()
  })

  test('arrive piece by piece: server-sent events are not collected', async () => {
    let say: (text: string) => void = () => {}
    await using server = await ReplicaServer.start((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      say = (text) => response.write(`data: ${text}\n\n`)
      say('first')
    })
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    using client = new RawClient(world.port())
    await client.get('/events').until(/data: first\n\n/)
    say('second')
    await client.until(/data: second\n\n/)
  })
})

describe('interim answers', () => {
  test("100 is the replica's word: the body is sent after it", async () => {
    await using server = await echo()
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    using client = new RawClient(world.port())
    client.send('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n')
    await client.until(/^HTTP\/1.1 100 Continue\r\n\r\n/)
    client.send('body')
    await client.until(/HTTP\/1.1 200 OK[\s\S]*"body":"body"/)
  })

  test('103 is passed on, but not to HTTP/1.0', async () => {
    await using server = await saying('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-', 'Length: 2\r\n\r\nok')
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    using client = new RawClient(world.port())
    await client.get().until(/^HTTP\/1.1 103 Early Hints\r\nLink: <\/a>\r\n\r\nHTTP\/1.1 200 OK\r\n[\s\S]*ok$/)
    using old = new RawClient(world.port())
    expect(await old.send('GET / HTTP/1.0\r\n\r\n').untilEnd()).toMatch(/^HTTP\/1.1 200 OK/)
  })
})

describe('answers that are none', () => {
  test.each([
    ['garbage', 'hello\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx'],
    ['length and chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['an unasked change of protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'],
    ['a bare line feed', 'HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n'],
  ])('%s is answered 502, and the client goes on', async (_, text) => {
    await using server = await saying(text)
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    using client = new RawClient(world.port())
    await client.get().until(/^HTTP\/1.1 502 Bad Gateway\r\n/)
    await client.get().until(/HTTP\/1.1 502[\s\S]*HTTP\/1.1 502/)
    expect(server.accepted).toBe(2)
  })

  test('more bytes than the length says are not taken for the next answer', async () => {
    await using server = await saying('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil')
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    using client = new RawClient(world.port())
    await client.get().until(/ok/)
    const answer = await client.get().until(/ok[\s\S]*ok/)
    expect(answer).not.toContain('evil')
  })
})

describe('requests that are refused', () => {
  test.each([
    ['both lengths', 400, 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['a bare line feed', 400, 'GET / HTTP/1.1\nHost: h\n\n'],
    ['a folded field', 400, 'GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n'],
    ['no host', 400, 'GET / HTTP/1.1\r\n\r\n'],
    ['a long request line', 414, `GET /${'a'.repeat(17_000)} HTTP/1.1\r\nHost: h\r\n\r\n`],
    ['a long field', 431, `GET / HTTP/1.1\r\nHost: h\r\nX: ${'a'.repeat(17_000)}\r\n\r\n`],
    ['a long head', 431, `GET / HTTP/1.1\r\nHost: h\r\n${`X: ${'a'.repeat(8000)}\r\n`.repeat(9)}\r\n`],
    ['CONNECT', 405, 'CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n'],
    ['another coding', 501, 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n'],
    ['another version', 505, 'GET / HTTP/2.0\r\nHost: h\r\n\r\n'],
    ['a bad chunk size', 400, 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n'],
  ])('%s: %d, and the connection ends', async (_, status, text) => {
    await using server = await echo()
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    using client = new RawClient(world.port())
    expect(await client.send(text).untilEnd()).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*Connection: close`))
  })

  test('a host that nobody knows gets 404 with a helpful word', async () => {
    await using world = new EdgeWorld()
    const backend = aBackend('web')
    await world.push(
      aTable({
        backends: [backend],
        routes: [{ host: 'known.example', path: '/a', pathType: 'prefix', targets: [{ backend: backend.id, upTo: 1 }], holdMs: 1000 }],
      }),
    )
    const unknown = await fetch(world.url('/x'))
    expect([unknown.status, await unknown.text()]).toEqual([404, expect.stringContaining('no route for host 127.0.0.1')])
    using client = new RawClient(world.port())
    await client
      .send('GET /b HTTP/1.1\r\nHost: known.example\r\n\r\n')
      .until(/404 Not Found[\s\S]*no route for path \/b of host known.example/)
  })
})

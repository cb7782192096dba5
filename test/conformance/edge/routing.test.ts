import { describe, expect, test } from '@jest/globals'
import type { EdgeBackend, EdgeRoute, EdgeTable } from '../../../src/model/edge.ts'
import { replicaMark } from '../../../src/routing/sticky.ts'
import { eventually } from '../../kit/eventually.ts'
import { aBackend, aTable, EdgeWorld } from './edge-world.ts'
import { RawClient } from './raw-client.ts'
import { ReplicaServer, TcpReplica } from './replica-server.ts'

/** Answers with what arrived, and says who it is. */
function echo(name = 'web--a.0'): Promise<ReplicaServer> {
  return ReplicaServer.start((incoming, response) => {
    const parts: Buffer[] = []
    incoming.on('data', (part: Buffer) => parts.push(part))
    incoming.on('end', () => {
      response.setHeader('x-served-by', name)
      response.setHeader('server', 'test')
      response.end(
        JSON.stringify({
          by: name,
          method: incoming.method,
          url: incoming.url,
          headers: incoming.headers,
          body: Buffer.concat(parts).toString('latin1'),
        }),
      )
    })
  })
}

interface Echoed {
  readonly by: string
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

function routeTo(backend: EdgeBackend, changes: Partial<EdgeRoute> = {}): EdgeRoute {
  return { path: '/', pathType: 'prefix', targets: [{ backend: backend.id, upTo: 1 }], holdMs: 10_000, ...changes }
}

/** A world in which one replica stands behind the given routes. */
async function served(server: ReplicaServer | TcpReplica, ...changes: readonly Partial<EdgeRoute>[]): Promise<EdgeWorld> {
  const backend = aBackend('web', { replicas: [server.replica()] })
  const world = new EdgeWorld()
  await world.push(
    aTable({
      backends: [backend],
      routes: changes.map((change) => routeTo(backend, change)),
    }),
  )
  return world
}

async function ask(world: EdgeWorld, path: string, init: RequestInit = {}): Promise<Echoed> {
  const response = await fetch(world.url(path), init)
  expect(response.status).toBe(200)
  return (await response.json()) as Echoed
}

describe('conditions', () => {
  test('send a request to the first route that fits all of it', async () => {
    await using plain = await echo('plain')
    await using special = await echo('special')
    const usual = aBackend('web', { replicas: [plain.replica()] })
    const other = aBackend('other', { replicas: [special.replica('other--a.0')] })
    await using world = new EdgeWorld()
    const routes = [
      routeTo(other, { path: '/m', when: { method: 'DELETE' } }),
      routeTo(other, { path: '/h', when: { headers: [{ name: 'X-Version', by: 'exact', value: '2, 3' }] } }),
      routeTo(other, { path: '/q', when: { query: [{ name: 'beta', by: 'present' }] } }),
      routeTo(other, { path: '/r', when: { headers: [{ name: 'user-agent', by: 'regex', value: '(?i).*mobile.*' }] } }),
      routeTo(other, { path: '/item/\\d+', pathType: 'regex' }),
      routeTo(other, { path: '/Folded', ignoreCase: true }),
      routeTo(usual),
    ]
    await world.push(aTable({ backends: [usual, other], routes }))
    const by = async (path: string, init: RequestInit = {}): Promise<string> => (await ask(world, path, init)).by
    expect(await by('/m', { method: 'DELETE' })).toBe('special')
    expect(await by('/m', { method: 'POST' })).toBe('plain')
    using client = new RawClient(world.port())
    client.get('/h', 'X-Version: 2\r\nx-vERSION:  3 \r\n')
    await client.until(/"by":"special"/)
    expect(await by('/h', { headers: { 'x-version': '2' } })).toBe('plain')
    expect(await by('/q?a=1&beta=')).toBe('special')
    expect(await by('/q?a=beta')).toBe('plain')
    expect(await by('/r', { headers: { 'user-agent': 'a MOBILE phone' } })).toBe('special')
    expect(await by('/r', { headers: { 'user-agent': 'a desk' } })).toBe('plain')
    expect(await by('/item/12')).toBe('special')
    expect(await by('/item/12x')).toBe('plain')
    expect(await by('/folded/x')).toBe('special')
  })

  test('a host with a wildcard is a host of one label or more', async () => {
    await using server = await echo()
    await using world = await served(server, { host: '*.shop.example' })
    using client = new RawClient(world.port())
    client.send('GET /1 HTTP/1.1\r\nHost: a.b.Shop.example:80\r\n\r\n')
    await client.until(/200 OK[\s\S]*"url":"\/1"/)
    client.send('GET /2 HTTP/1.1\r\nHost: shop.example\r\n\r\n')
    await client.until(/404 Not Found/)
  })
})

describe('a redirect', () => {
  test('is answered at once, and the connection goes on', async () => {
    await using server = await echo()
    await using world = await served(
      server,
      { path: '/old', targets: [], redirect: { status: 308, host: 'new.example', path: { by: 'prefix', path: '/new' } } },
      { path: '/' },
    )
    using client = new RawClient(world.port())
    client.get('/old/a?b=c').get('/here')
    const answer = await client.until(/"url":"\/here"/)
    expect(answer).toMatch(/^HTTP\/1\.1 308 Permanent Redirect\r\n/)
    expect(answer).toContain('\r\nLocation: http://new.example/new/a?b=c\r\n')
    expect(server.connections).toBe(1)
  })

  test('keeps the port that the client used, answers HEAD without a body, and ends a connection whose body it does not read', async () => {
    await using server = await echo()
    await using world = await served(server, { targets: [], redirect: { status: 302, path: { by: 'full', path: '/login' } } })
    const response = await fetch(world.url('/x?y'), { method: 'HEAD', redirect: 'manual' })
    expect([response.status, response.headers.get('location')]).toEqual([302, world.url('/login?y')])
    expect(await response.text()).toBe('')
    using client = new RawClient(world.port())
    client.send('POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n')
    expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 302 Found[\s\S]*Location: http:\/\/h\/login\r\n[\s\S]*Connection: close/)
  })

  test('is followed by a client to the other route', async () => {
    await using server = await echo()
    await using world = await served(
      server,
      { path: '/a', targets: [], redirect: { status: 307, path: { by: 'prefix', path: '/b' } } },
      { path: '/b' },
    )
    expect(await ask(world, '/a/c', { method: 'POST', body: 'kept' })).toMatchObject({ url: '/b/c', method: 'POST', body: 'kept' })
  })
})

describe('a rewrite', () => {
  test('changes path and host for the replica and tells what the client asked for', async () => {
    await using server = await echo()
    await using world = await served(server, { path: '/api/', rewrite: { host: 'inner.example:81', path: { by: 'prefix', path: '/' } } })
    const { url, headers } = await ask(world, '/api/v1?x=%2f')
    expect(url).toBe('/v1?x=%2f')
    expect(headers).toMatchObject({ host: 'inner.example:81', 'x-forwarded-host': `127.0.0.1:${world.port()}` })
    expect((await ask(world, '/api')).url).toBe('/')
  })
})

test('a connection that changes its protocol is rewritten and bound, too', async () => {
  await using server = await TcpReplica.start((socket) => {
    socket.once('data', (chunk) => {
      const [line] = chunk.toString('latin1').split('\r\n')
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\nX-Line: ${line}\r\n\r\n`)
      socket.on('data', (more) => socket.write(more)).on('end', () => socket.end())
    })
  })
  await using world = await served(server, { path: '/ws', rewrite: { path: { by: 'prefix', path: '/inner' } }, sticky: { name: 's' } })
  using client = new RawClient(world.port())
  client.get('/ws/a', 'Connection: Upgrade\r\nUpgrade: x\r\n')
  const answer = await client.until(/\r\n\r\n$/)
  expect(answer).toContain('X-Line: GET /inner/a HTTP/1.1\r\n')
  expect(answer).toContain(`Set-Cookie: s=${replicaMark('web--a.0' as never)}\r\n`)
  client.send('echo')
  await client.until(/echo$/)
})

describe('changes of header fields', () => {
  test('set, add and remove on the way in and on the way out', async () => {
    await using server = await echo()
    await using world = await served(server, {
      requestHeaders: {
        set: [{ name: 'X-Set', value: 'ours' }],
        add: [{ name: 'X-Add', value: 'two' }],
        remove: ['X-Secret', 'x-request-id'],
      },
      responseHeaders: { set: [{ name: 'Server', value: 'edge' }], add: [{ name: 'X-Served-By', value: 'edge' }], remove: ['Date'] },
    })
    const headers = { 'x-set': 'theirs', 'x-add': 'one', 'X-SECRET': '1', 'x-kept': 'yes' }
    const response = await fetch(world.url(), { headers, method: 'POST', body: 'whole' })
    expect((await response.json()) as Echoed).toMatchObject({
      body: 'whole',
      headers: { 'x-set': 'ours', 'x-add': 'one, two', 'x-kept': 'yes' },
    })
    expect(response.headers.get('server')).toBe('edge')
    expect(response.headers.get('x-served-by')).toBe('web--a.0, edge')
    expect(response.headers.get('date')).toBeNull()
    const plain = await ask(world, '/', { headers })
    expect(Object.keys(plain.headers)).not.toContain('x-secret')
    expect(Object.keys(plain.headers)).not.toContain('x-request-id')
  })

  test('leave chunks, trailers and the end of the message as they are, and nominated fields away', async () => {
    await using server = await TcpReplica.start((socket) => {
      socket.once('data', (chunk) => {
        const asked = chunk.toString('latin1').toLowerCase()
        const said = asked.includes('x-hop') ? 'kept' : 'gone'
        socket.write(`HTTP/1.1 200 OK\r\nConnection: X-Mine\r\nX-Mine: 1\r\nX-Hop-Was: ${said}\r\nTransfer-Encoding: chunked\r\n\r\n`)
        socket.write('3\r\nabc\r\n0\r\nX-Trailer: t\r\n\r\n')
      })
    })
    await using world = await served(server, {
      requestHeaders: { set: [{ name: 'X-New', value: '1' }] },
      responseHeaders: { add: [{ name: 'X-Out', value: '1' }] },
    })
    using client = new RawClient(world.port())
    client.get('/', 'Connection: X-Hop\r\nX-Hop: 1\r\n')
    const answer = await client.until(/X-Trailer: t\r\n\r\n$/)
    expect(answer).toMatch(/X-Out: 1\r\n[\s\S]*Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n/)
    expect(answer).toContain('X-Hop-Was: gone')
    expect(answer).not.toContain('X-Mine')
  })
})

describe('time limits', () => {
  test('the time for a request ends one that is not answered with 504', async () => {
    await using server = await TcpReplica.start((socket) => {
      socket.resume().on('end', () => socket.end())
    })
    await using world = await served(server, { requestMs: 50 })
    const response = await fetch(world.url())
    expect(response.status).toBe(504)
    expect(await response.text()).toBe('web: it took longer than the 50 ms that its route allows\n')
    await eventually(() => (server.sockets.size === 0 ? true : undefined))
  })

  test('it runs while a request waits for a replica, too', async () => {
    await using world = new EdgeWorld()
    const backend = aBackend('web')
    await world.push(aTable({ backends: [backend], routes: [routeTo(backend, { requestMs: 50 })] }))
    expect((await fetch(world.url())).status).toBe(504)
    expect(world.held).toBe(0)
  })

  test('it cuts an answer that has begun, whatever still comes', async () => {
    await using server = await TcpReplica.start((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc'))
    })
    await using world = await served(server, { requestMs: 100 })
    using client = new RawClient(world.port())
    client.get()
    expect(await client.untilEnd()).toMatch(/200 OK[\s\S]*abc$/)
  })

  test('the idle time ends a silent request with 504', async () => {
    await using server = await TcpReplica.start((socket) => {
      socket.resume().on('end', () => socket.end())
    })
    await using world = await served(server, { idleMs: 50 })
    const silent = await fetch(world.url())
    expect([silent.status, await silent.text()]).toEqual([504, 'web: nothing was sent either way for the 50 ms that its route allows\n'])
  })

  test('the idle time ends an upgraded connection', async () => {
    await using server = await TcpReplica.start((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nhello'))
      socket.on('end', () => socket.end())
    })
    await using world = await served(server, { idleMs: 100 })
    using client = new RawClient(world.port())
    client.get('/', 'Connection: Upgrade\r\nUpgrade: x\r\n')
    expect(await client.untilEnd()).toMatch(/101 Switching[\s\S]*hello$/)
    client.socket.end()
    await eventually(() => (server.sockets.size === 0 ? true : undefined))
  })
})

describe('a sticky cookie', () => {
  const attributes = 'Path=/; HttpOnly'

  async function world(
    ...servers: readonly (readonly [string, ReplicaServer])[]
  ): Promise<[EdgeWorld, (names: readonly string[]) => EdgeTable]> {
    const table = (names: readonly string[]): EdgeTable => {
      const replicas = servers.filter(([name]) => names.includes(name)).map(([name, server]) => server.replica(name))
      const backend = aBackend('web', { replicas })
      return aTable({ backends: [backend], routes: [routeTo(backend, { sticky: { name: 'acaAffinity', attributes } })] })
    }
    const edge = new EdgeWorld()
    await edge.push(table(servers.map(([name]) => name)))
    return [edge, table]
  }

  test('binds a client to one replica, and to another one when that is gone', async () => {
    await using first = await echo('web--a.0')
    await using second = await echo('web--a.1')
    const [edge, table] = await world(['web--a.0', first], ['web--a.1', second])
    await using _ = edge
    const response = await fetch(edge.url())
    const { by } = (await response.json()) as Echoed
    const [cookie] = response.headers.getSetCookie()
    expect(cookie).toBe(`acaAffinity=${replicaMark(by as never)}; ${attributes}`)
    expect(cookie).toMatch(/^acaAffinity=[0-9a-f]{16};/)
    const value = cookie?.split(';')[0] ?? ''
    for (let turn = 0; turn < 4; turn++) {
      const again = await fetch(edge.url(), { headers: { cookie: `a=b; ${value}` } })
      expect(((await again.json()) as Echoed).by).toBe(by)
      expect(again.headers.getSetCookie()).toEqual([])
    }
    const left = by === 'web--a.0' ? 'web--a.1' : 'web--a.0'
    await edge.push(table([left]))
    const moved = await fetch(edge.url(), { headers: { cookie: value } })
    expect(((await moved.json()) as Echoed).by).toBe(left)
    expect(moved.headers.getSetCookie()).toEqual([`acaAffinity=${replicaMark(left as never)}; ${attributes}`])
  })

  test('chooses the target of a split that has the replica', async () => {
    await using first = await echo('web--a.0')
    await using second = await echo('web--b.0')
    await using edge = new EdgeWorld()
    const backend = aBackend('web', { replicas: [first.replica('web--a.0'), second.replica('web--b.0')] })
    const targets = ['web--a', 'web--b'].map((revision, index) => ({ backend: backend.id, revision: revision as never, upTo: index + 1 }))
    await edge.push(aTable({ backends: [backend], routes: [routeTo(backend, { targets, sticky: { name: 's' } })] }))
    const cookie = `s=${replicaMark('web--b.0' as never)}`
    for (let turn = 0; turn < 3; turn++) expect((await ask(edge, '/', { headers: { cookie } })).by).toBe('web--b.0')
    expect([(await ask(edge, '/')).by, (await ask(edge, '/')).by]).toEqual(['web--a.0', 'web--b.0'])
  })
})

describe('balancing', () => {
  test('least in flight passes over a replica that is busy', async () => {
    await using slow = await TcpReplica.start(() => {})
    await using quick = await echo('web--a.1')
    await using edge = new EdgeWorld()
    const backend = aBackend('web', { balance: 'least-in-flight', replicas: [slow.replica('web--a.0'), quick.replica('web--a.1')] })
    await edge.push(aTable({ backends: [backend] }))
    using stuck = new RawClient(edge.port())
    stuck.get('/stuck')
    await eventually(() => (slow.accepted === 1 ? true : undefined))
    for (let turn = 0; turn < 4; turn++) expect((await ask(edge, '/')).by).toBe('web--a.1')
  })

  test('shares of a split are exact over every window of their total, also under a new table', async () => {
    await using old = await echo('web--a.0')
    await using fresh = await echo('web--b.0')
    await using edge = new EdgeWorld()
    const backend = aBackend('web', { replicas: [old.replica('web--a.0'), fresh.replica('web--b.0')] })
    const targets = [
      { backend: backend.id, revision: 'web--a' as never, upTo: 3 },
      { backend: backend.id, revision: 'web--b' as never, upTo: 4 },
    ]
    const table = aTable({ backends: [backend], routes: [routeTo(backend, { targets, when: { method: 'GET' } })] })
    await edge.push(table)
    const seen: string[] = []
    for (let turn = 0; turn < 12; turn++) {
      if (turn === 6) await edge.push(table)
      seen.push((await ask(edge, '/')).by)
    }
    for (let start = 0; start + 4 <= seen.length; start++) {
      expect(seen.slice(start, start + 4).filter((by) => by === 'web--b.0')).toHaveLength(1)
    }
  })
})

test('a table with an expression that this edge cannot read serves its other routes', async () => {
  await using server = await echo()
  await using world = await served(server, { path: '/(', pathType: 'regex' }, { path: '/ok' })
  expect((await ask(world, '/ok')).url).toBe('/ok')
  expect((await fetch(world.url('/('))).status).toBe(404)
})

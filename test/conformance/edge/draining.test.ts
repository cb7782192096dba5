import type { ServerResponse } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { WebSocket, WebSocketServer } from 'ws'
import { eventually } from '../../kit/eventually.ts'
import { aBackend, aReplica, aTable, EdgeWorld, serviceListenerOf, webListener } from './edge-world.ts'
import { RawClient } from './raw-client.ts'
import { ReplicaServer, TcpReplica } from './replica-server.ts'

function named(name: string): Promise<ReplicaServer> {
  return ReplicaServer.start((_, response) => response.end(name))
}

describe('a draining replica', () => {
  test('gets no new request, finishes what it has, and is then reported', async () => {
    const open: ServerResponse[] = []
    await using old = await ReplicaServer.start((_, response) => void open.push(response))
    await using next = await named('new')
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [old.replica('web--a.0')] }))
    using client = new RawClient(world.port())
    client.get()
    await eventually(() => open[0])
    await world.change(aBackend('web', { replicas: [next.replica('web--b.0')], draining: [old.replica('web--a.0')] }))
    for (let turn = 0; turn < 4; turn++) expect(await (await fetch(world.url())).text()).toBe('new')
    expect(world.all('drained')).toEqual([])
    open[0]?.end('late answer')
    await client.until(/late answer/)
    await eventually(() => world.all('drained')[0])
    expect(world.all('drained')).toEqual([{ type: 'drained', replica: 'web--a.0', version: 2 }])
    await eventually(() => (old.openConnections === 0 ? true : undefined))
  })

  test('is reported at once when it has nothing, for each table, and again to a new controller', async () => {
    await using server = await named('x')
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    await fetch(world.url())
    await world.change(aBackend('web', { draining: [server.replica()] }))
    await world.change(aBackend('web', { draining: [server.replica()] }))
    expect(world.all('drained').map((message) => message.version)).toEqual([2, 3])
    const heard: string[] = []
    world.edge.attach((message) => heard.push(message.type))
    expect(heard).toEqual(['drained'])
  })

  test('is reported as well when its backend goes, as soon as it has answered', async () => {
    const open: ServerResponse[] = []
    await using server = await ReplicaServer.start((_, response) => void open.push(response))
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica('web--a.0')] }))
    using client = new RawClient(world.port())
    client.get()
    await eventually(() => open[0])
    await world.push(aTable({ backends: [] }))
    expect(world.all('drained')).toEqual([])
    open[0]?.end('late answer')
    await client.until(/late answer/)
    await eventually(() => world.all('drained')[0])
    expect(world.all('drained')).toMatchObject([{ replica: 'web--a.0' }])
  })

  test('may come back', async () => {
    await using server = await named('x')
    await using world = await EdgeWorld.with(aBackend('web', { draining: [server.replica()] }))
    await world.change(aBackend('web', { replicas: [server.replica()] }))
    for (let turn = 0; turn < 3; turn++) expect(await (await fetch(world.url())).text()).toBe('x')
    expect(server.connections).toBe(1)
  })

  test('ends its WebSockets with 1001, between two messages', async () => {
    await using server = await named('http')
    const sockets = new WebSocketServer({ server: server.server })
    const closes: number[] = []
    sockets.on('connection', (socket) => {
      socket.on('message', (data) => socket.send(data.toString()))
      socket.on('close', (code) => closes.push(code))
    })
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [server.replica()] }))
    const client = new WebSocket(`ws://127.0.0.1:${world.port()}/socket`)
    const received: string[] = []
    client.on('message', (data) => received.push(data.toString()))
    const closed = new Promise<number>((resolve) => client.on('close', resolve))
    await new Promise((resolve) => client.on('open', resolve))
    client.send('x'.repeat(100_000))
    client.send('hello')
    await eventually(() => (received.length === 2 ? true : undefined))
    expect(received).toEqual(['x'.repeat(100_000), 'hello'])
    await world.change(aBackend('web', { draining: [server.replica()] }))
    expect(await closed).toBe(1001)
    await eventually(() => closes[0])
    expect(closes).toEqual([1001])
    await eventually(() => world.all('drained')[0])
    sockets.close()
  })

  test('ends other connections when they are quiet', async () => {
    await using server = await TcpReplica.start((socket) => socket.on('data', (chunk) => socket.write(chunk)))
    await using world = new EdgeWorld()
    const listeners = [webListener, serviceListenerOf('web')]
    await world.push(aTable({ backends: [aBackend('web', { replicas: [server.replica()] })], listeners }))
    using client = new RawClient(world.port('service/web.default:80'))
    await client.send('\x00\x01ping').until(/ping/)
    await world.push(aTable({ backends: [aBackend('web', { draining: [server.replica()] })], listeners }))
    await client.untilEnd()
    client.socket.end()
    await eventually(() => world.all('drained')[0])
  })
})

describe('a table', () => {
  test('takes effect as a whole: every answer is of one table or of the next', async () => {
    await using one = await named('1')
    await using two = await named('2')
    await using world = new EdgeWorld()
    const table = (server: ReplicaServer, host: string): ReturnType<typeof aTable> => {
      const backend = aBackend('web', { replicas: [aReplica(`web--${host}.0`, server.port)] })
      return aTable({
        backends: [backend],
        routes: [{ host, path: '/', pathType: 'prefix', targets: [{ backend: backend.id, upTo: 1 }], holdMs: 1000 }],
      })
    }
    await world.push(table(one, 'one'))
    const answers: string[] = []
    const asking = async (): Promise<void> => {
      for (let turn = 0; turn < 100; turn++) {
        using client = new RawClient(world.port())
        const host = turn % 2 === 0 ? 'one' : 'two'
        const answer = await client.send(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`).untilEnd()
        answers.push(`${host} ${/^HTTP\/1.1 200/.test(answer) ? answer.at(-1) : answer.slice(9, 12)}`)
      }
    }
    const pushing = async (): Promise<void> => {
      for (let turn = 0; turn < 40; turn++) await world.push(turn % 2 === 0 ? table(two, 'two') : table(one, 'one'))
    }
    await Promise.all([asking(), asking(), pushing()])
    expect([...new Set(answers)].filter((answer) => !['one 1', 'two 2', 'one 404', 'two 404'].includes(answer))).toEqual([])
    expect(answers).toHaveLength(200)
  })

  test('with revisions of a split route is exact over every window', async () => {
    await using one = await named('1')
    await using two = await named('2')
    await using world = new EdgeWorld()
    const [old, next] = [one.replica('web--a.0'), two.replica('web--b.0')]
    const backend = aBackend('web', { replicas: [old, next] })
    const targets = [
      { backend: backend.id, revision: old.revision, upTo: 3 },
      { backend: backend.id, revision: next.revision, upTo: 4 },
    ]
    await world.push(aTable({ backends: [backend], routes: [{ path: '/', pathType: 'prefix', targets, holdMs: 1000 }] }))
    let answers = ''
    for (let turn = 0; turn < 16; turn++) answers += await (await fetch(world.url())).text()
    expect(answers).toBe('1112'.repeat(4))
  })

  test('without a component that had one refuses what waits for it', async () => {
    await using world = await EdgeWorld.with(aBackend('web'))
    using client = new RawClient(world.port())
    client.get()
    await eventually(() => world.all('demand')[0])
    await world.change()
    await client.until(/503 Service Unavailable[\s\S]*web: it was removed/)
  })

  test('without a listener closes it, and with a taken port says so', async () => {
    await using taken = await named('x')
    await using world = new EdgeWorld()
    const listeners = [
      webListener,
      serviceListenerOf('web'),
      { ...serviceListenerOf('web'), id: 'publish/1', port: taken.port, taken: 'fail' as const },
    ]
    const ack = await world.push(aTable({ backends: [aBackend('web')], listeners }))
    expect(ack.problems).toEqual([{ listener: 'publish/1', message: `port ${taken.port} on 127.0.0.1 is taken by another program` }])
    const port = world.port('service/web.default:80')
    const counting = await world.push(
      aTable({ backends: [aBackend('web')], listeners: [{ ...webListener, id: 'other', port: taken.port }] }),
    )
    expect(counting.bound.other).toBeGreaterThan(taken.port)
    using client = new RawClient(port)
    await client.untilEnd()
    expect(client.received).toBe('')
  })
})

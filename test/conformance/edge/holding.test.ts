import { describe, expect, test } from '@jest/globals'
import { eventually } from '../../kit/eventually.ts'
import { aBackend, aProbe, aReplica, aTable, EdgeWorld, serviceListenerOf, starting, stopped, webListener } from './edge-world.ts'
import { RawClient } from './raw-client.ts'
import { freePort, ReplicaServer, TcpReplica } from './replica-server.ts'

function answering(): Promise<ReplicaServer> {
  return ReplicaServer.start((incoming, response) => {
    incoming.resume().on('end', () => response.end(`<${incoming.url}>`))
  })
}

describe('a request without a ready replica', () => {
  test('waits while one is on its way, asks for it at once, and is answered', async () => {
    await using world = await EdgeWorld.with(aBackend('web'))
    using client = new RawClient(world.port())
    client.get('/first')
    await eventually(() => world.all('demand')[0])
    expect(world.all('demand')).toEqual([{ type: 'demand', backend: 'web:80', held: 1 }])
    await using server = await answering()
    await world.change(aBackend('web', { replicas: [server.replica()] }))
    await client.until(/200 OK[\s\S]*<\/first>/)
    expect(world.all('held').map((message) => message.event)).toEqual(['held', 'released'])
  })

  test('goes on when the probe that a starting replica waits for passes, without another table', async () => {
    await using world = new EdgeWorld()
    await using other = await answering()
    const port = await freePort()
    const awaits = { container: 'web', epoch: 2 }
    const backend = aBackend('web', { starting: [{ ...aReplica('web--a.0', port), awaits }] })
    const probe = aProbe(port, { by: 'tcp', port: 80 }, { ...awaits, everyMs: 60_000, eager: true })
    // Of an earlier start, and of another container: neither makes it ready.
    const others = [aProbe(other.port, probe.action, { epoch: 1 }), aProbe(other.port, probe.action, { container: 'log', epoch: 2 })]
    await world.push(aTable({ backends: [backend], probes: [probe, ...others] }))
    await eventually(() => (world.all('probe').filter(({ ok }) => ok).length === 2 ? true : undefined))
    using client = new RawClient(world.port())
    client.get('/first')
    await eventually(() => world.all('demand')[0])
    await using _server = await ReplicaServer.start((_, response) => response.end('started'), port)
    await client.until(/200 OK[\s\S]*started/)
    // A table that does not know yet changes nothing.
    await world.push(aTable({ backends: [backend], probes: [probe] }))
    client.get('/second')
    await client.until(/started[\s\S]*started/)
  })

  test('is released first come first served', async () => {
    await using world = await EdgeWorld.with(aBackend('web'))
    const clients: RawClient[] = []
    for (let index = 0; index < 20; index++) {
      clients.push(new RawClient(world.port()).get(`/${index}`))
      await eventually(() => (world.held === index + 1 ? true : undefined))
    }
    const order: string[] = []
    await using server = await TcpReplica.start((socket) =>
      socket.on('data', (chunk) => {
        order.push(/^GET \/(\d+)/.exec(chunk.toString('latin1'))?.[1] ?? '?')
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      }),
    )
    await world.change(aBackend('web', { replicas: [server.replica()] }))
    for (const client of clients) await client.until(/ok$/)
    expect(order).toEqual(Array.from({ length: 20 }, (_, index) => String(index)))
    for (const client of clients) client[Symbol.dispose]()
  })

  test('is refused at once, with component, reason and the time to come back, when nothing will bring one up', async () => {
    await using world = await EdgeWorld.with(aBackend('web', { gate: stopped }))
    const response = await fetch(world.url())
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('3')
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(response.headers.get('x-minipaas-reason')).toBe('web is stopped (MP6003)')
    expect(await response.text()).toBe('web is stopped (MP6003)\n')
    expect(world.all('demand')).toEqual([])
  })

  test('that already waits is answered when nothing will bring one up any more', async () => {
    await using world = await EdgeWorld.with(aBackend('web'))
    using client = new RawClient(world.port())
    client.get()
    await eventually(() => world.all('demand')[0])
    await world.change(aBackend('web', { gate: stopped }))
    await client.until(/503 Service Unavailable[\s\S]*web is stopped/)
  })

  test('is answered 504 when its time is over', async () => {
    await using world = new EdgeWorld()
    const backend = aBackend('web')
    const routes = [{ path: '/', pathType: 'prefix', targets: [{ backend: backend.id, upTo: 1 }], holdMs: 60 }] as const
    await world.push(aTable({ backends: [backend], routes }))
    const response = await fetch(world.url())
    expect([response.status, await response.text()]).toEqual([504, 'web: no replica became ready in time: web is starting\n'])
    expect(world.all('held').at(-1)).toMatchObject({ event: 'expired' })
  })

  test('is refused when too many wait already', async () => {
    await using world = await EdgeWorld.with(aBackend('web', { maxHeld: 1 }))
    using first = new RawClient(world.port())
    first.get()
    await eventually(() => world.all('demand')[0])
    const response = await fetch(world.url())
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
  })

  test('loses its place when the client goes', async () => {
    await using world = await EdgeWorld.with(aBackend('web'))
    const client = new RawClient(world.port()).get('/gone')
    await eventually(() => world.all('demand')[0])
    client[Symbol.dispose]()
    await eventually(() => world.all('held').find((message) => message.event === 'cancelled'))
    let seen = 0
    await using server = await ReplicaServer.start((_, response) => {
      seen++
      response.end('ok')
    })
    await world.change(aBackend('web', { replicas: [server.replica()] }))
    expect(await (await fetch(world.url())).text()).toBe('ok')
    expect(seen).toBe(1)
  })

  test('keeps its body in the socket while it waits, and delivers all of it', async () => {
    await using world = await EdgeWorld.with(aBackend('web'))
    using client = new RawClient(world.port())
    const size = 20_000_000
    client.send(`POST /big HTTP/1.1\r\nHost: h\r\nContent-Length: ${size}\r\n\r\n`)
    await eventually(() => world.all('demand')[0])
    client.socket.write(Buffer.alloc(size, 120))
    // What the kernel does not take stays with the client: the edge reads no more than a little ahead.
    await eventually(() => (client.socket.bytesWritten > 1000 ? true : undefined))
    expect(client.socket.writableLength).toBeGreaterThan(size / 2)
    let received = 0
    await using server = await ReplicaServer.start((incoming, response) => {
      incoming.on('data', (part: Buffer) => {
        received += part.length
      })
      incoming.on('end', () => response.end('done'))
    })
    await world.change(aBackend('web', { replicas: [server.replica()] }))
    await client.until(/done/)
    expect(received).toBe(size)
  })
})

describe('a ready replica that refuses connections', () => {
  test('is passed over, and reported', async () => {
    await using server = await answering()
    const dead = aReplica('web--a.1', await freePort())
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [dead, server.replica()] }))
    for (let turn = 0; turn < 6; turn++) expect((await fetch(world.url(`/${turn}`))).status).toBe(200)
    expect(world.all('outlier')[0]).toEqual({ type: 'outlier', replica: 'web--a.1', backend: 'web:80', detail: 'ECONNREFUSED' })
  })

  test('delays requests until it accepts again, in their order', async () => {
    const port = await freePort()
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [aReplica('web--a.0', port)], gate: stopped }))
    using client = new RawClient(world.port())
    client.get('/1')
    await eventually(() => world.all('outlier')[0])
    using second = new RawClient(world.port())
    second.get('/2')
    await eventually(() => (world.held === 2 ? true : undefined))
    await using server = await ReplicaServer.start((incoming, response) => void response.end(`<${incoming.url}>`), port)
    await client.until(/<\/1>/)
    await second.until(/<\/2>/)
    expect(server.connections).toBeGreaterThan(0)
  })

  test('is given up when the table says that nothing is ready', async () => {
    await using world = await EdgeWorld.with(aBackend('web', { replicas: [aReplica('web--a.0', await freePort())] }))
    using client = new RawClient(world.port())
    client.get()
    await eventually(() => world.all('outlier')[0])
    await world.change(aBackend('web', { gate: stopped }))
    await client.until(/503 Service Unavailable/)
  })
})

describe('on a service address', () => {
  test('HTTP requests wait like those of routes', async () => {
    await using world = new EdgeWorld()
    const listeners = [webListener, serviceListenerOf('web')]
    await world.push(aTable({ backends: [aBackend('web')], listeners }))
    using client = new RawClient(world.port('service/web.default:80'))
    client.get('/in-app')
    await eventually(() => world.all('demand')[0])
    await using server = await answering()
    await world.push(aTable({ backends: [aBackend('web', { replicas: [server.replica()], gate: starting })], listeners }))
    await client.until(/<\/in-app>/)
  })
})

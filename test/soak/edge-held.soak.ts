import { connect, type Socket } from 'node:net'
import { expect, test } from '@jest/globals'
import { SystemClock } from '../../runtime/edge/system-clock.ts'
import { ReplicaServer, TcpReplica } from '../conformance/edge/replica-server.ts'
import { eventually } from '../kit/eventually.ts'
import { SoakedEdge } from './soaked-edge.ts'

const HELD = 10_000
const WEBSOCKETS = 5_000
const BAD_CLIENTS = 2_000
const MEGABYTE = 1024 * 1024
const LONG = 120_000
/** With fractions of milliseconds. */
const systemClock = new SystemClock()

/** A client that only counts the answers it gets. */
class CountingClient {
  readonly socket: Socket
  answers = 0

  constructor(port: number, hooks: { readonly onAnswer?: () => void } = {}) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.socket
      .on('error', () => {})
      .on('data', (chunk) => {
        if (!chunk.includes('HTTP/1.1 ')) return
        this.answers += chunk.includes('HTTP/1.1 200') || chunk.includes('HTTP/1.1 101') ? 1 : Number.NaN
        hooks.onAnswer?.()
      })
  }
}

async function open(count: number, port: number, hooks: { readonly onAnswer?: () => void } = {}): Promise<CountingClient[]> {
  const clients: CountingClient[] = []
  for (let from = 0; from < count; from += 500) {
    const some = Array.from({ length: Math.min(500, count - from) }, () => new CountingClient(port, hooks))
    clients.push(...some)
    await eventually(() => (some.every(({ socket }) => !socket.connecting) ? true : undefined), LONG)
  }
  return clients
}

/** Median latency of requests one after the other, in milliseconds. */
async function medianLatency(port: number, count = 3000): Promise<number> {
  let done: () => void = () => {}
  const client = new CountingClient(port, { onAnswer: () => done() })
  const times: number[] = []
  for (let turn = 0; turn < count; turn++) {
    const began = systemClock.now()
    const answered = new Promise<void>((resolve) => {
      done = resolve
    })
    client.socket.write('GET /quick HTTP/1.1\r\nHost: h\r\n\r\n')
    await answered
    times.push(systemClock.now() - began)
  }
  client.socket.destroy()
  expect(client.answers).toBe(count)
  return times.sort((left, right) => left - right)[count >> 1] ?? Number.NaN
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

test(`${HELD} held requests`, async () => {
  const arrived: { readonly index: number; readonly written: number }[] = []
  await using server = await ReplicaServer.start((incoming, response) => {
    // The edge numbers requests as it writes them.
    const written = Number.parseInt(String(incoming.headers['x-request-id']).split('-')[1] ?? '', 36)
    arrived.push({ index: Number(incoming.url?.slice(1)), written })
    response.end('ok')
  })
  await using edge = await SoakedEdge.start()
  await systemClock.sleep(2000)
  const idle = edge.memory
  let answered = 0
  const clients = await open(HELD, edge.port, { onAnswer: () => answered++ })
  for (const [index, client] of clients.entries()) {
    client.socket.write(`GET /${index} HTTP/1.1\r\nHost: h\r\n\r\n`)
    // A few at a time, or nobody could say in which order the edge saw them.
    if (index % 50 === 49) await eventually(() => (edge.held > index ? true : undefined), LONG)
  }
  const held = edge.memory
  const began = systemClock.now()
  await edge.serve([server.replica()])
  await eventually(() => (answered === HELD ? true : undefined), LONG)
  const released = systemClock.now() - began
  const inOrder = [...arrived].sort((left, right) => left.written - right.written)
  const worst = inOrder.reduce((most, { index }, place) => Math.max(most, Math.abs(index - place)), 0)
  const again = systemClock.now()
  for (const client of clients) client.socket.write('GET /0 HTTP/1.1\r\nHost: h\r\n\r\n')
  await eventually(() => (answered === 2 * HELD ? true : undefined), LONG)
  const own = systemClock.now() - again
  say(
    `held ${HELD}: ${idle.toFixed(1)} MB idle, +${(held - idle).toFixed(1)} MB held; released in ${released.toFixed(0)} ms, the same without holding in ` +
      `${own.toFixed(0)} ms (rate ${(own / released).toFixed(2)}x); ${server.connections} connections, displaced by at most ${worst}`,
  )
  expect(clients.filter((client) => client.answers !== 2)).toEqual([])
  expect(new Set(inOrder.slice(0, HELD).map(({ index }) => index)).size).toBe(HELD)
  expect(server.connections).toBeLessThan(1024)
  // Clients that send at the same time have no order among themselves.
  expect(worst).toBeLessThan(50)
  expect(held - idle).toBeLessThanOrEqual(60)
  expect(own / released).toBeGreaterThanOrEqual(0.8)
  for (const client of clients) client.socket.destroy()
})

test(`${WEBSOCKETS} idle WebSockets`, async () => {
  await using server = await TcpReplica.start((socket) =>
    socket.on('data', (chunk) => {
      if (chunk.includes('Upgrade')) socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    }),
  )
  await using edge = await SoakedEdge.start([server.replica()])
  await using quiet = await SoakedEdge.start([server.replica()])
  for (const { port } of [edge, quiet]) await medianLatency(port)
  let upgraded = 0
  const clients = await open(WEBSOCKETS, edge.port, { onAnswer: () => upgraded++ })
  for (const [index, client] of clients.entries()) {
    client.socket.write('GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    if (index % 250 === 249) await eventually(() => (upgraded > index - 500 ? true : undefined), LONG)
  }
  await eventually(() => (upgraded === WEBSOCKETS ? true : undefined), LONG)
  await systemClock.sleep(10_000)
  const early = edge.memory
  await systemClock.sleep(50_000)
  const slope = ((edge.memory - early) * 60) / 50
  const rounds: { readonly busy: number; readonly idle: number }[] = []
  for (let round = 0; round < 7; round++)
    rounds.push({ idle: await medianLatency(quiet.port, 1000), busy: await medianLatency(edge.port, 1000) })
  const median = (key: 'busy' | 'idle'): number => rounds.map((round) => round[key]).sort((left, right) => left - right)[3] ?? Number.NaN
  const [before, during] = [median('idle'), median('busy')]
  say(
    `${WEBSOCKETS} WebSockets: ${early.toFixed(1)} MB, ${slope.toFixed(2)} MB a minute; median latency of others ${during.toFixed(3)} ms, of an edge without them ${before.toFixed(3)} ms ` +
      `(${(during / before).toFixed(2)}x)`,
  )
  expect(slope).toBeLessThan(1)
  expect(during / before).toBeLessThanOrEqual(1.1)
  for (const client of clients) client.socket.destroy()
})

test(`${BAD_CLIENTS} clients that send slowly, and as many that never read`, async () => {
  await using server = await ReplicaServer.start((incoming, response) => {
    if (incoming.url === '/quick') response.end('ok')
    else response.end(Buffer.alloc(4 * MEGABYTE))
  })
  await using edge = await SoakedEdge.start([server.replica()])
  await medianLatency(edge.port)
  const idle = edge.memory
  const before = await medianLatency(edge.port)
  const slow = await open(BAD_CLIENTS, edge.port)
  const head = `GET /quick HTTP/1.1\r\nHost: h\r\nX: ${'a'.repeat(1000)}`
  for (let at = 0; at < 20; at++) {
    for (const { socket } of slow) socket.write(head[at] ?? 'a')
    await systemClock.sleep(200)
  }
  const withSlow = edge.memory
  const besideSlow = await medianLatency(edge.port)
  const deaf = await open(BAD_CLIENTS, edge.port)
  for (const { socket } of deaf) socket.pause()
  for (const [index, { socket }] of deaf.entries()) {
    socket.write('GET /big HTTP/1.1\r\nHost: h\r\n\r\n')
    if (index % 100 === 99) await systemClock.sleep(50)
  }
  let most = 0
  for (let second = 0; second < 10; second++) {
    await systemClock.sleep(1000)
    most = Math.max(most, edge.memory)
  }
  const besideDeaf = await medianLatency(edge.port)
  say(
    `${BAD_CLIENTS} slow heads: +${(withSlow - idle).toFixed(1)} MB, latency of others ${(besideSlow / before).toFixed(2)}x; ` +
      `${BAD_CLIENTS} that never read ${4} MB: at most +${(most - withSlow).toFixed(1)} MB, latency of others ${(besideDeaf / before).toFixed(2)}x`,
  )
  expect(withSlow - idle).toBeLessThan(60)
  // At most a read buffer and a write that the kernel did not take, for each client.
  expect(most - withSlow).toBeLessThan((BAD_CLIENTS * 160 * 1024) / MEGABYTE)
  for (const client of [...slow, ...deaf]) client.socket.destroy()
})

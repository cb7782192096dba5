import { readdirSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { expect, test } from '@jest/globals'
import { WebSocket, WebSocketServer } from 'ws'
import { systemClock } from '../../runtime/time/system-clock.ts'
import type { EdgeReplica, EdgeTable } from '../../src/model/edge.ts'
import { EdgeProcess, type TestController } from '../conformance/edge/edge-process.ts'
import { aBackend, aReplica, aTable, serviceListenerOf, webListener } from '../conformance/edge/edge-world.ts'
import { ReplicaServer, TcpReplica } from '../conformance/edge/replica-server.ts'
import { bundleProgram } from '../kit/bundled-program.ts'
import { eventually } from '../kit/eventually.ts'
import { scratchDirectory } from '../kit/scratch.ts'

/** `MINIPAAS_SOAK_ROUNDS` for fewer or more minutes. */
const MINUTES = Number(process.env['MINIPAAS_SOAK_ROUNDS'] ?? 10)
const SECOND = 1000
/** What is measured before is start-up. */
const SETTLED = 120 * SECOND
const REPLICAS = 3
const BODY = Buffer.alloc(64 * 1024, 'b')

/** Three replicas of everything; which of them are in the table changes all the time. */
class Replicas implements AsyncDisposable {
  readonly #web: readonly ReplicaServer[]
  readonly #tcp: readonly TcpReplica[]

  private constructor(web: readonly ReplicaServer[], tcp: readonly TcpReplica[]) {
    this.#web = web
    this.#tcp = tcp
  }

  static async start(): Promise<Replicas> {
    const web = await Promise.all(Array.from({ length: REPLICAS }, () => ReplicaServer.start((from, to) => void from.pipe(to))))
    for (const { server } of web) {
      const sockets = new WebSocketServer({ server })
      sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(data)))
    }
    const tcp = await Promise.all(Array.from({ length: REPLICAS }, () => TcpReplica.start((socket) => void socket.pipe(socket))))
    return new Replicas(web, tcp)
  }

  /** All but one of them take traffic; the one drains. */
  table(version: number): EdgeTable {
    const away = version % REPLICAS
    const part = (ports: readonly number[], name: string): { replicas: EdgeReplica[]; draining: EdgeReplica[] } => {
      const all = ports.map((port, index) => aReplica(`${name}--a.${index}`, port))
      return { replicas: all.filter((_, index) => index !== away), draining: all.filter((_, index) => index === away) }
    }
    const web = part(
      this.#web.map(({ port }) => port),
      'web',
    )
    const tcp = part(
      this.#tcp.map(({ port }) => port),
      'db',
    )
    return aTable({
      version,
      backends: [aBackend('web', web), aBackend('db', tcp)],
      listeners: [webListener, serviceListenerOf('web'), serviceListenerOf('db')],
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of [...this.#web, ...this.#tcp]) await server[Symbol.asyncDispose]()
  }
}

test('ten minutes of everything while replicas come and go: memory stays, descriptors come back', async () => {
  using scratch = scratchDirectory()
  await using replicas = await Replicas.start()
  await using edge = new EdgeProcess(await bundleProgram('runtime/edge/main.ts', scratch.path), scratch.path, 'stdio')
  const controller = edge.controlled()
  const { bound } = await controller.push(replicas.table(1))
  const pid = edge.child.pid ?? 0
  const [web = 0, service = 0, db = 0] = ['web', 'service/web.default:80', 'service/db.default:80'].map((id) => bound[id])
  const atStart = descriptorsOf(pid)
  const failures: string[] = []
  const counts = { http: 0, posts: 0, websockets: 0, tcp: 0 }
  const end = systemClock.now() + MINUTES * 60 * SECOND
  const memory: { at: number; mib: number }[] = []

  const repeat = async (work: () => Promise<void>): Promise<void> => {
    while (systemClock.now() < end)
      await work().catch((error: unknown) => {
        failures.push(String(error))
        return systemClock.sleep(100)
      })
  }
  const counted = (what: keyof typeof counts, work: () => Promise<void>): Promise<void> =>
    repeat(async () => {
      await work()
      counts[what]++
    })
  const loads = [
    ...Array.from({ length: 8 }, () => counted('http', () => ask(web, 'GET'))),
    ...Array.from({ length: 4 }, () => counted('posts', () => ask(service, 'POST'))),
    ...Array.from({ length: 4 }, () => counted('websockets', () => converse(web))),
    ...Array.from({ length: 4 }, () => counted('tcp', () => echo(db))),
    changeTables(controller, replicas, end),
    repeat(async () => {
      memory.push({ at: systemClock.now(), mib: residentOf(pid) })
      await systemClock.sleep(SECOND)
    }),
  ]
  await Promise.all(loads)
  // Connections to replicas are kept for a minute, in case somebody asks again.
  const left = await eventually(() => {
    const now = descriptorsOf(pid)
    if (now > atStart) throw new Error(`${now} descriptors are open, ${atStart} were at the start`)
    return now
  }, 90 * SECOND)
  const first = memory[0]?.at ?? 0
  const late = memory.filter(({ at }) => at - first > Math.min(SETTLED, (MINUTES * 60 * SECOND) / 2))
  const halves = [late.slice(0, late.length / 2), late.slice(late.length / 2)].map(slopePerMinute)
  process.stdout.write(
    `${JSON.stringify(counts)}; MiB at first ${memory[0]?.mib.toFixed(1)}, at last ${memory.at(-1)?.mib.toFixed(1)}; slope ${slopePerMinute(late).toFixed(2)} MiB a minute, ` +
      `by halves ${halves.map((value) => value.toFixed(2)).join(', ')}; descriptors ${atStart} -> ${left}; failures ${failures.length} ${failures.slice(0, 5).join(' | ')}\n`,
  )
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(MINUTES * 60)
  expect(failures).toEqual([])
  expect(slopePerMinute(late)).toBeLessThanOrEqual(1)
})

/** Each second another replica is away; a replica that drains keeps what it has. */
async function changeTables(controller: TestController, replicas: Replicas, end: number): Promise<void> {
  for (let version = 2; systemClock.now() < end; version++) {
    await controller.push(replicas.table(version))
    controller.messages.splice(0)
    await systemClock.sleep(SECOND)
  }
}

function ask(port: number, method: 'GET' | 'POST'): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path: '/', headers: { host: 'web.shop.localhost' } }, (answer) => {
      let length = 0
      answer.on('data', (chunk: Buffer) => {
        length += chunk.length
      })
      answer.on('end', () => {
        const expected = method === 'POST' ? BODY.length : 0
        if (answer.statusCode === 200 && length === expected) resolve()
        else reject(new Error(`${method}: ${answer.statusCode} with ${length} bytes`))
      })
      answer.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(method === 'POST' ? BODY : undefined)
  })
}

/** A WebSocket with some messages; one that is told to go away (1001) has done its part. */
function converse(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`)
    let heard = 0
    socket.on('open', () => socket.send('hello'))
    socket.on('message', () => {
      heard++
      if (heard < 20) socket.send('again')
      else socket.close(1000)
    })
    socket.on('close', (code) => (code === 1000 || code === 1001 || code === 1005 ? resolve() : reject(new Error(`closed with ${code}`))))
    socket.on('error', reject)
  })
}

/** Bytes through a service's address: any end is fine when the replica drains, but none before the bytes are back. */
function echo(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port })
    let heard = 0
    socket.on('connect', () => socket.write(BODY))
    socket.on('data', (chunk) => {
      heard += chunk.length
      if (heard === BODY.length) socket.end()
    })
    socket.on('error', reject)
    socket.on('close', () => (heard === BODY.length ? resolve() : reject(new Error(`${heard} bytes came back`))))
  })
}

function descriptorsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length
}

function residentOf(pid: number): number {
  const [, kib = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) / 1024
}

/** Least squares. */
function slopePerMinute(samples: readonly { readonly at: number; readonly mib: number }[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const [x, y] = [mean(samples.map(({ at }) => at)), mean(samples.map(({ mib }) => mib))]
  const above = samples.reduce((sum, { at, mib }) => sum + (at - x) * (mib - y), 0)
  const below = samples.reduce((sum, { at }) => sum + (at - x) ** 2, 0)
  return (above / below) * 60 * SECOND
}

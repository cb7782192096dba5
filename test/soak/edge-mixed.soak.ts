import { expect, test } from '@jest/globals'
import { systemClock } from '../../runtime/time/system-clock.ts'
import { EdgeProcess, type TestController } from '../conformance/edge/edge-process.ts'
import { bundleProgram } from '../kit/bundled-program.ts'
import { eventually } from '../kit/eventually.ts'
import { scratchDirectory } from '../kit/scratch.ts'
import { ask, converse, echo } from './mixed/clients.ts'
import { descriptorsOf, residentOf, slopePerMinute } from './mixed/figures.ts'
import { GrpcLoad } from './mixed/grpc-load.ts'
import { Replicas } from './mixed/replicas.ts'

/** `MINIPAAS_SOAK_ROUNDS` for fewer or more minutes. */
const MINUTES = Number(process.env['MINIPAAS_SOAK_ROUNDS'] ?? 10)
const SECOND = 1000
/** What is measured before is start-up. */
const SETTLED = 120 * SECOND

test('ten minutes of everything while replicas come and go: memory stays, descriptors come back', async () => {
  using scratch = scratchDirectory()
  await using replicas = await Replicas.start()
  await using edge = new EdgeProcess(await bundleProgram('runtime/edge/main.ts', scratch.path), scratch.path, 'stdio')
  const controller = edge.controlled()
  const { bound } = await controller.push(replicas.table(1))
  const pid = edge.child.pid ?? 0
  const [web = 0, service = 0, db = 0, stock = 0, till = 0] = [
    'web',
    ...['web', 'db', 'stock', 'till'].map((name) => `service/${name}.default:80`),
  ].map((id) => bound[id])
  const atStart = descriptorsOf(pid)
  // Call by call over routes and over an address with more than one replica, spliced over the other.
  using grpc = new GrpcLoad([web, web, stock, till])
  const channels = [0, 1, 2, 3]
  const failures: string[] = []
  const counts = { http: 0, posts: 0, websockets: 0, tcp: 0, calls: 0, streams: 0 }
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
    ...channels.map((channel) => counted('calls', () => grpc.ask(channel))),
    ...channels.map((channel) =>
      counted('streams', async () => {
        await grpc.list(channel, 20)
        await grpc.talk(channel, 20)
      }),
    ),
    changeTables(controller, replicas, end),
    repeat(async () => {
      memory.push({ at: systemClock.now(), mib: residentOf(pid) })
      await systemClock.sleep(SECOND)
    }),
  ]
  await Promise.all(loads)
  grpc[Symbol.dispose]()
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

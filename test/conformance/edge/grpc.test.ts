import { status } from '@grpc/grpc-js'
import { describe, expect, test } from '@jest/globals'
import { eventually } from '../../kit/eventually.ts'
import { aBackend, aTable, EdgeWorld, serviceListenerOf, stopped, webListener } from './edge-world.ts'
import { GrpcClient, GrpcReplica } from './grpc-replica.ts'

const service = 'service/web.default:80'
const listeners = [webListener, serviceListenerOf('web')]

async function worldOf(...replicas: readonly GrpcReplica[]): Promise<EdgeWorld> {
  const world = new EdgeWorld()
  await change(world, ...replicas)
  return world
}

async function change(world: EdgeWorld, ...replicas: readonly GrpcReplica[]): Promise<void> {
  await world.push(aTable({ backends: [aBackend('web', { replicas: replicas.map((replica) => replica.replica()) })], listeners }))
}

async function twoReplicas(): Promise<[GrpcReplica, GrpcReplica]> {
  return [await GrpcReplica.start('one'), await GrpcReplica.start('two', { replica: 'web--a.1' })]
}

// Over the routes each call goes its own way; a service address with one replica is spliced.
describe.each([
  ['over routes', 'web'],
  ['over a service address', service],
])('gRPC %s', (_, listener) => {
  test('carries calls with metadata and trailers', async () => {
    await using replica = await GrpcReplica.start()
    await using world = await worldOf(replica)
    using client = new GrpcClient(world.port(listener))
    const reply = await client.call('ask', 'apples', { asked: 'yes' })
    expect(reply.text).toBe('one:apples')
    expect(reply.first.get('x-seen')).toEqual(['yes'])
    expect(reply.status.metadata.get('x-after')).toEqual(['after'])
    expect(reply.status.metadata.get('x-bytes-bin')).toEqual([Buffer.from([0, 255, 1])])
  })

  test('carries failures with their code, message and trailers', async () => {
    await using replica = await GrpcReplica.start()
    await using world = await worldOf(replica)
    using client = new GrpcClient(world.port(listener))
    const error = await client.failure(client.call('fail', String(status.RESOURCE_EXHAUSTED)))
    expect(error).toMatchObject({ code: status.RESOURCE_EXHAUSTED, details: 'nichts übrig: 100 %' })
    expect(error.metadata.get('x-why')).toEqual(['sold out'])
  })

  test('carries streams of the server, of the client and of both', async () => {
    await using replica = await GrpcReplica.start()
    await using world = await worldOf(replica)
    using client = new GrpcClient(world.port(listener))
    const listed: string[] = []
    for await (const message of client.list(3)) listed.push(String(message))
    expect(listed).toEqual(['one:1', 'one:2', 'one:3'])
    expect(await client.collect([Buffer.from('a'), Buffer.from('bc'), Buffer.alloc(0)])).toBe('one:3:3')
    const talk = client.talk()
    const heard: string[] = []
    talk.on('data', (message: Buffer) => heard.push(message.toString()))
    for (const word of ['x', 'y', 'z']) {
      talk.write(Buffer.from(word))
      await eventually(() => (heard.includes(`one:${word}`) ? true : undefined))
    }
    const ended = new Promise((resolve) => talk.on('status', resolve))
    talk.end()
    expect(await ended).toMatchObject({ code: status.OK })
  })

  test('carries messages of megabytes, both ways', async () => {
    await using replica = await GrpcReplica.start('')
    await using world = await worldOf(replica)
    using client = new GrpcClient(world.port(listener))
    const message = 'm'.repeat(1024 * 1024)
    expect(await client.ask(message)).toBe(`:${message}`)
    expect(await client.collect(Array.from({ length: 20 }, () => Buffer.from(message)))).toBe(`:20:${20 * message.length}`)
  })

  test('waits for a client that does not read', async () => {
    await using replica = await GrpcReplica.start()
    await using world = await worldOf(replica)
    using client = new GrpcClient(world.port(listener))
    const stream = client.list(5000)
    const written = await eventually(() => {
      const count = replica.asked.length
      return count > 0 ? count : undefined
    })
    using other = new GrpcClient(world.port(listener))
    for (let turn = 0; turn < 20; turn++) await other.ask('meanwhile')
    expect(written).toBeGreaterThan(0)
    expect(replica.asked.filter((text) => text !== 'meanwhile').length).toBeLessThan(1000)
    let received = 0
    stream.on('data', () => received++)
    expect(await new Promise((resolve) => stream.on('status', resolve))).toMatchObject({ code: status.OK })
    expect(received).toBe(5000)
  })

  test('passes on the deadline, and a client that gives up', async () => {
    await using replica = await GrpcReplica.start()
    await using world = await worldOf(replica)
    using client = new GrpcClient(world.port(listener))
    const error = await client.failure(client.call('wait', '', { deadlineMs: 300 }))
    expect(error.code).toBe(status.DEADLINE_EXCEEDED)
    expect(Number.isFinite(replica.deadline)).toBe(true)
    await eventually(() => (replica.cancelled === 1 ? true : undefined))
    const talk = client.talk()
    talk.on('error', () => {})
    talk.write(Buffer.from('hello'))
    await new Promise((resolve) => talk.once('data', resolve))
    talk.cancel()
    await eventually(() => (replica.cancelled === 2 ? true : undefined))
    await eventually(() => world.all('counters').find(({ backends }) => backends[0]?.inFlight === 0 && backends[0].requests === 2))
  })

  test('passes on that a replica crashes during a call', async () => {
    await using replica = await GrpcReplica.start()
    await using world = await worldOf(replica)
    using client = new GrpcClient(world.port(listener))
    using direct = new GrpcClient(replica.replica().port)
    const calls = [client, direct].map((each) => each.failure(each.call('wait')))
    await eventually(() => replica.waiting[1])
    replica.crash()
    const [carried, plain] = await Promise.all(calls)
    // Call by call the edge says what happened; spliced it is as without an edge.
    expect(carried?.code).toBe(listener === 'web' ? status.UNAVAILABLE : plain?.code)
    await eventually(() => world.all('counters').find(({ backends }) => backends[0]?.inFlight === 0 && backends[0].statusClasses[4] === 1))
  })

  test('counts calls while they run and when they have ended', async () => {
    await using replica = await GrpcReplica.start()
    await using world = await worldOf(replica)
    using client = new GrpcClient(world.port(listener))
    for (let turn = 0; turn < 5; turn++) await client.ask('x')
    const talk = client.talk()
    talk.on('data', () => {})
    talk.write(Buffer.from('hello'))
    await eventually(() => world.all('counters').find(({ backends }) => backends[0]?.inFlight === 1 && backends[0].requests === 6))
    talk.end()
    const last = await eventually(() =>
      world.all('counters').find(({ backends }) => backends[0]?.inFlight === 0 && backends[0].requests === 6),
    )
    expect(last.backends[0]?.statusClasses).toEqual([0, 6, 0, 0, 0])
    expect(last.backends[0]?.bytesIn).toBeGreaterThan(6)
    expect(last.backends[0]?.latency.reduce((sum, count) => sum + count, 0)).toBe(6)
  })

  test('waits while a replica starts', async () => {
    await using world = await worldOf()
    using client = new GrpcClient(world.port(listener))
    const calls = ['1', '2', '3'].map((text) => client.ask(text))
    await eventually(() => (world.held === 3 ? true : undefined))
    expect(world.all('demand')).toHaveLength(1)
    await using replica = await GrpcReplica.start()
    await change(world, replica)
    expect(await Promise.all(calls)).toEqual(['one:1', 'one:2', 'one:3'])
  })

  test('is refused with the reason', async () => {
    await using world = new EdgeWorld()
    await world.push(aTable({ backends: [aBackend('web', { gate: stopped })], listeners }))
    using client = new GrpcClient(world.port(listener))
    const error = await client.failure(client.ask('x'))
    expect(error).toMatchObject({ code: status.UNAVAILABLE, details: 'web is stopped (MP6003)' })
  })

  test('goes to a replica that comes back after it refused connections', async () => {
    await using gone = await GrpcReplica.start()
    const { port } = gone.replica()
    gone.crash()
    await using world = await worldOf(gone)
    using client = new GrpcClient(world.port(listener))
    const call = client.ask('x')
    await eventually(() => world.all('outlier')[0])
    await using back = await GrpcReplica.start('back', { port })
    expect(await call).toBe('back:x')
    expect(back.asked).toEqual(['x'])
  })
})

describe('the hold of a call', () => {
  test('ends with its own deadline or with ours', async () => {
    await using world = new EdgeWorld()
    const routes = [{ path: '/', pathType: 'prefix' as const, targets: [{ backend: aBackend('web').id, upTo: 1 }], holdMs: 200 }]
    await world.push(aTable({ backends: [aBackend('web')], listeners, routes }))
    using client = new GrpcClient(world.port())
    const ours = await client.failure(client.ask('x'))
    expect(ours).toMatchObject({ code: status.UNAVAILABLE, details: 'web: no replica became ready in time: web is starting' })
    const theirs = await client.failure(client.call('ask', 'x', { deadlineMs: 100 }))
    expect(theirs.code).toBe(status.DEADLINE_EXCEEDED)
  })

  test('ends with the client', async () => {
    await using world = await worldOf()
    const client = new GrpcClient(world.port())
    const failure = client.failure(client.ask('x'))
    await eventually(() => (world.held === 1 ? true : undefined))
    client.client.close()
    client.client.getChannel().close()
    const talk = new GrpcClient(world.port()).talk()
    talk.on('error', () => {})
    await eventually(() => (world.held === 2 ? true : undefined))
    talk.cancel()
    await eventually(() => (world.held === 1 ? true : undefined))
    await using replica = await GrpcReplica.start()
    await change(world, replica)
    await failure.catch(() => {})
  })
})

test('a call for which there is no route says so', async () => {
  await using world = new EdgeWorld()
  await world.push(aTable({ backends: [aBackend('web')], routes: [] }))
  using client = new GrpcClient(world.port())
  const error = await client.failure(client.ask('x'))
  expect(error.code).toBe(status.UNIMPLEMENTED)
  expect(error.details).toMatch(/^no route for host 127\.0\.0\.1; /)
})

describe('two replicas', () => {
  test.each([['web'], [service]])('share the calls of one connection exactly (%s)', async (listener) => {
    const [one, two] = await twoReplicas()
    await using first = one
    await using second = two
    await using world = await worldOf(first, second)
    using client = new GrpcClient(world.port(listener))
    for (let turn = 0; turn < 20; turn++) await client.ask('in turn')
    await Promise.all(Array.from({ length: 80 }, () => client.ask('at once')))
    expect([one.asked.length, two.asked.length]).toEqual([50, 50])
  })

  test('get a share of a long-lived channel that was spliced to the first, and no call fails', async () => {
    const [one, two] = await twoReplicas()
    await using first = one
    await using second = two
    await using world = await worldOf(first)
    using client = new GrpcClient(world.port(service))
    await client.ask('before')
    const waiting = client.call('wait')
    await eventually(() => one.waiting[0])
    const talk = client.talk()
    const heard: string[] = []
    talk.on('data', (message: Buffer) => heard.push(message.toString()))
    talk.write(Buffer.from('a'))
    await eventually(() => heard[0])
    await change(world, first, second)
    let calls = 0
    await eventually(async () => {
      calls++
      await client.ask('after')
      return two.asked.length > 0 ? true : undefined
    })
    const before = [one.asked.length, two.asked.length]
    for (let turn = 0; turn < 20; turn++) await client.ask('balanced')
    expect([one.asked.length - (before[0] ?? 0), two.asked.length - (before[1] ?? 0)]).toEqual([10, 10])
    // What ran before goes on where it was.
    talk.write(Buffer.from('b'))
    await eventually(() => heard[1])
    expect(heard).toEqual(['one:a', 'one:b'])
    const ended = new Promise((resolve) => talk.on('status', resolve))
    talk.end()
    expect(await ended).toMatchObject({ code: status.OK })
    one.waiting[0]?.()
    expect((await waiting).text).toBe('one')
    await eventually(() => world.all('counters').find(({ backends }) => backends[0]?.requests === 23 + calls && backends[0].inFlight === 0))
  })

  test('spread busy channels without a failed call', async () => {
    const [one, two] = await twoReplicas()
    await using first = one
    await using second = two
    await using world = await worldOf(first)
    const clients = Array.from({ length: 4 }, () => new GrpcClient(world.port(service)))
    let done = 0
    let running = true
    const loops = clients.map(async (client) => {
      while (running) {
        await client.ask('x')
        done++
      }
    })
    await eventually(() => (done > 50 ? true : undefined))
    await change(world, first, second)
    await eventually(() => (two.asked.length > 50 ? true : undefined))
    running = false
    await Promise.all(loops)
    for (const client of clients) client.client.close()
    expect(one.asked.length + two.asked.length).toBe(done)
  })
})

describe('a draining replica', () => {
  test.each([['web'], [service]])('finishes its calls, gets no new one, and is then reported (%s)', async (listener) => {
    const [one, two] = await twoReplicas()
    await using first = one
    await using second = two
    await using world = await worldOf(first)
    using client = new GrpcClient(world.port(listener))
    await client.ask('before')
    const running = client.call('wait')
    await eventually(() => one.waiting[0])
    const backend = aBackend('web', { replicas: [second.replica()], draining: [first.replica()] })
    await world.push(aTable({ backends: [backend], listeners }))
    await eventually(async () => ((await client.ask('after')) === 'two:after' ? true : undefined))
    for (let turn = 0; turn < 10; turn++) expect(await client.ask('after')).toBe('two:after')
    expect(world.all('drained')).toEqual([])
    one.waiting[0]?.()
    expect((await running).text).toBe('one')
    await eventually(() => world.all('drained')[0])
  })

  test.each([
    ['one replica', 1],
    ['two replicas', 2],
  ])('is replaced again and again under load without a failed call (%s)', async (_, count) => {
    await using world = new EdgeWorld()
    const start = (turn: number): Promise<GrpcReplica[]> =>
      Promise.all(Array.from({ length: count }, (__, index) => GrpcReplica.start(String(turn), { replica: `web--${turn}.${index}` })))
    const all: GrpcReplica[] = []
    let old = await start(0)
    all.push(...old)
    await change(world, ...old)
    const clients = ['web', service, service].map((listener) => new GrpcClient(world.port(listener)))
    let done = 0
    let running = true
    const loops = clients.flatMap((client) =>
      [0, 1].map(async () => {
        while (running) {
          await client.ask('x')
          done++
        }
      }),
    )
    for (let turn = 1; turn <= 8; turn++) {
      const next = await start(turn)
      all.push(...next)
      world.pushOnly(
        aTable({
          backends: [aBackend('web', { replicas: next.map((each) => each.replica()), draining: old.map((each) => each.replica()) })],
          listeners,
        }),
      )
      for (const each of old) await eventually(() => world.all('drained').find(({ replica }) => replica === each.replica().id))
      for (const each of old) each.crash()
      await eventually(() => next.every(({ asked }) => asked.length > 5) || undefined)
      old = next
    }
    running = false
    await Promise.all(loops)
    for (const client of clients) client.client.close()
    for (const each of old) each.crash()
    expect(all.reduce((sum, { asked }) => sum + asked.length, 0)).toBe(done)
  })

  test('may be the only one: calls wait for the next', async () => {
    const [one, two] = await twoReplicas()
    await using first = one
    await using second = two
    await using world = await worldOf(first)
    using client = new GrpcClient(world.port(service))
    await client.ask('before')
    await world.push(aTable({ backends: [aBackend('web', { draining: [first.replica()] })], listeners }))
    await eventually(() => world.all('drained')[0])
    first.crash()
    const call = client.ask('held')
    await eventually(() => (world.held === 1 ? true : undefined))
    await change(world, second)
    expect(await call).toBe('two:held')
  })

  test('that ends by itself loses no call', async () => {
    await using replica = await GrpcReplica.start()
    const { port } = replica.replica()
    await using world = await worldOf(replica)
    using client = new GrpcClient(world.port())
    await client.ask('before')
    await replica.finish()
    const call = client.ask('after')
    await using again = await GrpcReplica.start('again', { port })
    expect(await call).toBe('again:after')
    expect(again.asked).toHaveLength(1)
  })
})

test('a stopping edge lets calls end', async () => {
  await using replica = await GrpcReplica.start()
  await using world = await worldOf(replica)
  for (const listener of ['web', service]) {
    using client = new GrpcClient(world.port(listener))
    await client.ask('x')
  }
  using client = new GrpcClient(world.port(service))
  using other = new GrpcClient(world.port())
  const calls = [client.call('wait'), other.call('wait')]
  await eventually(() => (replica.waiting.length === 2 ? true : undefined))
  const stopped_ = world.edge.stop()
  for (const answer of replica.waiting) answer()
  expect((await Promise.all(calls)).map(({ text }) => text)).toEqual(['one', 'one'])
  await stopped_
})

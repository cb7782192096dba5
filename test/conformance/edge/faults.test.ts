import { describe, expect, test } from '@jest/globals'
import type { EdgeFault } from '../../../src/model/edge.ts'
import type { ComponentKey } from '../../../src/model/names.ts'
import { eventually } from '../../kit/eventually.ts'
import { aBackend, aTable, EdgeWorld, serviceListenerOf, webListener } from './edge-world.ts'
import { JumpClock } from './jump-clock.ts'
import { RawClient } from './raw-client.ts'
import { ReplicaServer } from './replica-server.ts'

const service = 'service/web.default:80'

interface Scene extends AsyncDisposable {
  readonly world: EdgeWorld
  readonly clock: JumpClock
  readonly server: ReplicaServer
  push(...faults: readonly EdgeFault[]): Promise<unknown>
}

async function scene(): Promise<Scene> {
  const clock = new JumpClock()
  const world = new EdgeWorld({ clock })
  const server = await ReplicaServer.start((_, response) => response.end('ok'))
  const backends = [aBackend('web', { replicas: [server.replica()] })]
  const listeners = [webListener, serviceListenerOf('web')]
  return {
    world,
    clock,
    server,
    push: (...faults) => world.push(aTable({ backends, listeners, ...(faults.length === 0 ? {} : { faults }) })),
    [Symbol.asyncDispose]: async () => {
      await world[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

function aFault(does: EdgeFault['does'], changes: Partial<EdgeFault> = {}): EdgeFault {
  return { id: 'try-1', backend: aBackend('web').id, share: 1, seed: 1, does, ...changes }
}

describe('an ordered disturbance', () => {
  test('is off by default, named in the answers that it makes, counted, and over with the next table', async () => {
    await using at = await scene()
    await at.push()
    using client = new RawClient(at.world.port())
    expect(await client.get().until(/ok$/)).not.toMatch(/fault/i)
    await at.push(aFault({ by: 'error', status: 418 }))
    await client.get().until(/HTTP\/1.1 418 [\s\S]*X-Minipaas-Fault: try-1\r\n[\s\S]*an error was ordered \(fault try-1\)\n$/)
    expect(at.server.connections).toBe(1)
    at.clock.jump(1000)
    await eventually(() => at.world.all('counters').find(({ backends }) => backends[0]?.faults === 1 && backends[0].requests === 2))
    await at.push()
    await client.get().until(/fault try-1\)\nHTTP\/1.1 200 OK[\s\S]*ok$/)
  })

  test('delays, and lets a late client go', async () => {
    await using at = await scene()
    await at.push(aFault({ by: 'delay', ms: 10_000, jitterMs: 1000 }))
    using client = new RawClient(at.world.port())
    using leaving = new RawClient(at.world.port())
    client.get()
    leaving.get()
    at.clock.jump(1000)
    await eventually(() => at.world.all('counters').find(({ backends }) => backends[0]?.faults === 2))
    leaving.socket.end()
    await leaving.untilEnd()
    at.clock.jump(8000)
    expect(client.received).toBe('')
    at.clock.jump(3000)
    await client.until(/ok$/)
    expect(at.server.connections).toBe(1)
  })

  test('resets, also other protocols', async () => {
    await using at = await scene()
    await at.push(aFault({ by: 'reset' }))
    for (const port of [at.world.port(), at.world.port(service)]) {
      using client = new RawClient(port)
      const reset = new Promise((resolve) => client.socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code)))
      if (port === at.world.port()) client.get()
      else client.send('\x01')
      expect(await reset).toBe('ECONNRESET')
    }
    expect(at.server.connections).toBe(0)
  })

  test('lets nothing through a partition until the hold time is over', async () => {
    await using at = await scene()
    await at.push(aFault({ by: 'partition' }))
    using client = new RawClient(at.world.port())
    client.get()
    at.clock.jump(1000)
    await eventually(() => at.world.all('counters').find(({ backends }) => backends[0]?.faults === 1))
    expect(client.received).toBe('')
    at.clock.jump(10_000)
    await client.until(/^HTTP\/1.1 504 [\s\S]*X-Minipaas-Fault: try-1\r\n/)
    expect(at.server.connections).toBe(0)
  })

  test('of one direction leaves the others alone; who has no address of its own is nobody', async () => {
    await using at = await scene()
    const from = 'shop' as ComponentKey
    await at.push(aFault({ by: 'error', status: 503 }, { from }))
    expect((await fetch(at.world.url())).status).toBe(200)
    const shop = aBackend('shop', { replicas: [at.server.replica('shop--a.0')] })
    // 127.0.0.1 is the address of two components: nobody's.
    const web = aBackend('web', { replicas: [at.server.replica()] })
    await at.world.push(aTable({ backends: [web, shop], faults: [aFault({ by: 'error', status: 503 }, { from })] }))
    expect((await fetch(at.world.url())).status).toBe(200)
    const elsewhere = { ...at.server.replica(), host: 'localhost' }
    await at.world.push(
      aTable({ backends: [aBackend('web', { replicas: [elsewhere] }), shop], faults: [aFault({ by: 'error', status: 503 }, { from })] }),
    )
    expect((await fetch(at.world.url())).headers.get('x-minipaas-fault')).toBe('try-1')
  })

  test('strikes its share, the same one for the same seed', async () => {
    const runs: string[] = []
    for (let run = 0; run < 2; run++) {
      await using at = await scene()
      await at.push(aFault({ by: 'error', status: 500 }, { share: 0.5 }))
      let statuses = ''
      for (let turn = 0; turn < 40; turn++) statuses += (await fetch(at.world.url())).status === 500 ? 'x' : '.'
      runs.push(statuses)
    }
    expect(runs[0]).toBe(runs[1])
    expect(runs[0]).toMatch(/x/)
    expect(runs[0]).toMatch(/\./)
  })
})

import { describe, expect, test } from '@jest/globals'
import { eventually } from '../../kit/eventually.ts'
import { formatLoad, runLoad, startLoad } from '../../kit/loader.ts'
import { aBackend, EdgeWorld, starting } from './edge-world.ts'
import { ReplicaServer } from './replica-server.ts'

function answering(): Promise<ReplicaServer> {
  return ReplicaServer.start((incoming, response) => void incoming.resume().on('end', () => response.end('ok')))
}

describe('under load', () => {
  test.each(['reused', 'fresh'] as const)('no request fails while replicas are exchanged (%s connections)', async (connections) => {
    await using world = await EdgeWorld.with(aBackend('web', { gate: starting }))
    const load = startLoad({ url: world.url(), rate: 300, connections, limitMs: 10_000, method: 'POST', body: 'x' })
    let old: ReplicaServer | undefined
    for (let round = 0; round < 8; round++) {
      const next = await answering()
      await world.change(
        aBackend('web', {
          replicas: [next.replica(`web--${round}.0`)],
          draining: old === undefined ? [] : [old.replica(`web--${round - 1}.0`)],
        }),
      )
      if (old !== undefined) {
        await eventually(() => world.all('drained').find((message) => message.replica === `web--${round - 1}.0`))
        await old[Symbol.asyncDispose]()
      }
      // Every second round leaves the component without a replica for a while: requests wait.
      if (round % 2 === 1) {
        await world.change(aBackend('web', { draining: [next.replica(`web--${round}.0`)] }))
        await eventually(() => (world.held > 3 ? true : undefined))
      }
      old = next
    }
    if (old !== undefined) await world.change(aBackend('web', { replicas: [old.replica('web--last.0')] }))
    await eventually(() => (load.report().answered > 100 ? true : undefined))
    const report = await load.stop()
    await old?.[Symbol.asyncDispose]()
    expect(report.failures).toEqual([])
    expect(report.answered).toBe(report.sent)
    expect(report.sent).toBeGreaterThan(100)
  })

  test('the loader tells what failed', async () => {
    await using server = await ReplicaServer.start((incoming, response) => {
      if (incoming.url === '/reset') incoming.socket.destroy()
      else if (incoming.url === '/error') response.writeHead(500).end('broken')
    })
    const at = (path: string): Parameters<typeof runLoad>[0] => ({
      url: `http://127.0.0.1:${server.port}${path}`,
      rate: 200,
      count: 5,
      connections: 'reused',
      limitMs: 50,
    })
    expect(await runLoad(at('/error'))).toMatchObject({ sent: 5, answered: 5, failed: 5, statuses: { 500: 5 }, resets: 0, timeouts: 0 })
    expect(await runLoad(at('/reset'))).toMatchObject({ sent: 5, answered: 0, failed: 5, resets: 5 })
    const silent = await runLoad(at('/silent'))
    expect(silent).toMatchObject({ sent: 5, answered: 0, failed: 5, timeouts: 5 })
    expect(formatLoad(silent)).toMatch(/^sent 5 = answered 0 \+ resets 0 \+ timeouts 5; failed 5; no status/)
  })
})

import { expect, test } from '@jest/globals'
import { systemClock } from '../../runtime/time/system-clock.ts'
import { expectNothingLeft, withHome } from '../kit/cli.ts'
import { eventually } from '../kit/eventually.ts'
import { formatLoad, startLoad } from '../kit/loader.ts'
import { expectAllAnswered } from '../kit/rolling-shop.ts'
import { ask, freePort, killNow, Stage } from '../kit/stage.ts'

/** `MINIPAAS_SOAK_ROUNDS` for fewer or more ends of the edge. */
const ROUNDS = Number(process.env['MINIPAAS_SOAK_ROUNDS'] ?? 20)
const RATE = 500
const AWAY_MS = 60_000
/** Source: the goal for an edge that was killed. */
const BACK_MS = 2000

test('not one request notices that the daemon is away for a minute', async () => {
  await using home = withHome()
  using stage = new Stage(home)
  const port = await freePort()
  stage.write('shop', [{ name: 'web', replicas: 2, publish: port }])
  await stage.up('shop')
  using load = startLoad({ url: `http://127.0.0.1:${port}/`, rate: RATE, connections: 'reused', limitMs: 60_000 })
  await killNow(stage.daemonPid)
  await systemClock.sleep(AWAY_MS)
  await stage.call('ps')
  const { sent } = expectAllAnswered(await load.stop(), `the daemon away for ${AWAY_MS / 1000} s`)
  expect(sent).toBeGreaterThan((AWAY_MS / 1000) * RATE * 0.9)
  await stage.call('down', '-v')
  await expectNothingLeft(home.path)
})

test.each(['reused', 'fresh'] as const)(
  `an edge that is killed serves again within ${BACK_MS} ms, and nobody hangs: %s connections`,
  async (connections) => {
    await using home = withHome()
    using stage = new Stage(home)
    const port = await freePort()
    stage.write('shop', [{ name: 'web', replicas: 2, publish: port }])
    await stage.up('shop')
    using load = startLoad({ url: `http://127.0.0.1:${port}/`, rate: RATE, connections, limitMs: 5000 })
    const away: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const killed = systemClock.now()
      await killNow(stage.edgePid)
      await eventually(() => ask(port), 20_000)
      away.push(Math.round(systemClock.now() - killed))
      await systemClock.sleep(1000)
    }
    const report = await load.stop()
    process.stdout.write(`away for ${away.join(', ')} ms; ${formatLoad(report)}\n`)
    expect(Math.max(...away)).toBeLessThanOrEqual(BACK_MS)
    expect(report.timeouts).toBe(0)
    expect(report.sent).toBe(report.answered + report.resets)
    await stage.call('down', '-v')
    await expectNothingLeft(home.path)
  },
)

import { expect, test } from '@jest/globals'
import { systemClock } from '../../runtime/time/system-clock.ts'
import { expectNothingLeft, withHome } from '../kit/cli.ts'
import { RollingShop } from '../kit/rolling-shop.ts'

/** `MINIPAAS_SOAK_ROUNDS` for fewer or more changes and restarts; a fifth as many cycles of scaling. */
const ROUNDS = Number(process.env['MINIPAAS_SOAK_ROUNDS'] ?? 100)
const CYCLES = Math.ceil(ROUNDS / 5)
const RATE = 500
/** Of what the rate makes of the time, at least this much was sent: no machine is always on time. */
const KEPT = 0.9

test.each(['reused', 'fresh'] as const)(
  `changes, restarts and scaling at ${RATE} requests a second: %s connections, two replicas`,
  async (connections) => {
    await using home = withHome()
    using shop = new RollingShop(home, { replicas: 2, rate: RATE })
    await shop.up()
    using load = shop.load(connections)
    const began = systemClock.now()
    for (let round = 0; round < ROUNDS; round++) await shop.change('web')
    for (let round = 0; round < ROUNDS; round++) await shop.restart('web')
    for (let cycle = 0; cycle < CYCLES; cycle++) for (const replicas of [1, 4, 1]) await shop.scale('web', replicas)
    const what = `${ROUNDS} changes, ${ROUNDS} restarts, ${CYCLES} cycles 1 -> 4 -> 1, ${connections} connections`
    const sent = await load.expectAllAnswered(what)
    expect(sent).toBeGreaterThan((KEPT * RATE * (systemClock.now() - began)) / 1000)
    await shop.call('down', '-v')
    await expectNothingLeft(home.path)
  },
)

test.each(['reused', 'fresh'] as const)(
  'restarts of the only replica delay requests and fail none: %s connections',
  async (connections) => {
    await using home = withHome()
    using shop = new RollingShop(home, { replicas: 1, rate: RATE })
    await shop.up()
    using load = shop.load(connections)
    const began = systemClock.now()
    for (let round = 0; round < CYCLES; round++) await shop.restart('web')
    const sent = await load.expectAllAnswered(`${CYCLES} restarts of one replica, ${connections} connections`)
    expect(sent).toBeGreaterThan((KEPT * RATE * (systemClock.now() - began)) / 1000)
    await shop.call('down', '-v')
    await expectNothingLeft(home.path)
  },
)

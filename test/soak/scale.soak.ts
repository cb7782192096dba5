import { expect, test } from '@jest/globals'
import { expectNothingLeft, withHome } from '../kit/cli.ts'
import { RollingShop } from '../kit/rolling-shop.ts'

/** `MINIPAAS_SOAK_ROUNDS` for fewer or more. */
const ROUNDS = Number(process.env['MINIPAAS_SOAK_ROUNDS'] ?? 3)
const MOST = 20

test.each(['reused', 'fresh'] as const)('from 1 replica to 20 and back at 100 requests a second, %s connections', async (connections) => {
  await using home = withHome()
  using shop = new RollingShop(home, { replicas: 1, rate: 100 })
  await shop.up()
  using load = shop.load(connections)
  for (let round = 1; round <= ROUNDS; round++) {
    await shop.scale('web', MOST)
    await shop.scale('web', 1)
  }
  const sent = await load.expectAllAnswered(`${ROUNDS} times 1 to ${MOST} and back, ${connections} connections`)
  expect(sent).toBeGreaterThan(ROUNDS * 100)
  await shop.call('down', '-v')
  await expectNothingLeft(home.path)
})

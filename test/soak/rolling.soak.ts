import { expect, test } from '@jest/globals'
import { expectNothingLeft, withHome } from '../kit/cli.ts'
import { RollingShop } from '../kit/rolling-shop.ts'

/** `MINIPAAS_SOAK_ROUNDS` for fewer or more. */
const CHANGES = Number(process.env['MINIPAAS_SOAK_ROUNDS'] ?? 20)

test.each([
  { connections: 'reused', replicas: 2 },
  { connections: 'fresh', replicas: 2 },
  { connections: 'reused', replicas: 1 },
  { connections: 'fresh', replicas: 1 },
] as const)('rolling changes at 200 requests a second: $connections connections, $replicas replicas', async ({ connections, replicas }) => {
  await using home = withHome()
  using shop = new RollingShop(home, { replicas })
  await shop.up()
  using load = shop.load(connections)
  for (let change = 1; change <= CHANGES; change++) await shop.change(change % 4 === 0 ? 'catalog' : 'web')
  const sent = await load.expectAllAnswered(`${CHANGES} changes, ${connections} connections, ${replicas} replicas`)
  expect(sent).toBeGreaterThan(CHANGES * 20)
  await shop.call('down', '-v')
  await expectNothingLeft(home.path)
})

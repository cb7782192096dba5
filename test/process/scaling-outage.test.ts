import { beforeAll, test } from '@jest/globals'
import { setUp } from '../kit/meters/set-up.ts'
import { processGround } from '../kit/scaled-apps/ground.ts'
import { survivesOutage } from '../kit/scaled-apps/outage.ts'
import { ScaledWorld } from '../kit/scaled-apps/scaled-world.ts'

/** The servers themselves. */
beforeAll(setUp, 300_000)

test('a broker that is away freezes a size, or makes it that of the fallback, and is named', async () => {
  await using world = new ScaledWorld(processGround())
  await survivesOutage(world)
  await world.down()
}, 120_000)

import { test } from '@jest/globals'
import { makeBrokerImage } from '../kit/scaled-apps/broker-image.ts'
import { dockerGround } from '../kit/scaled-apps/ground.ts'
import { survivesOutage } from '../kit/scaled-apps/outage.ts'
import { ScaledWorld } from '../kit/scaled-apps/scaled-world.ts'

test('a broker that is away freezes a size, or makes it that of the fallback, and is named', async () => {
  await makeBrokerImage()
  await using world = new ScaledWorld(dockerGround())
  await survivesOutage(world)
  await world.down()
}, 180_000)

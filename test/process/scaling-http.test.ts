import { test } from '@jest/globals'
import { expectNothingLeft } from '../kit/cli.ts'
import { processGround } from '../kit/scaled-apps/ground.ts'
import { followsLoad } from '../kit/scaled-apps/http-app.ts'
import { ScaledWorld } from '../kit/scaled-apps/scaled-world.ts'

test('a component that sleeps answers its first request, follows the load, and sleeps again', async () => {
  await using world = new ScaledWorld(processGround())
  await followsLoad(world)
  await world.call('down')
  await expectNothingLeft(world.ground.home)
}, 120_000)

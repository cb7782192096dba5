import { test } from '@jest/globals'
import { processGround } from '../kit/scaled-apps/ground.ts'
import { holdsRequests } from '../kit/scaled-apps/held-requests.ts'
import { followsLoad } from '../kit/scaled-apps/http-app.ts'
import { ScaledWorld } from '../kit/scaled-apps/scaled-world.ts'

test('a component that sleeps answers its first request, follows the load, and sleeps again', async () => {
  await using world = new ScaledWorld(processGround())
  await followsLoad(world)
  await world.down()
}, 120_000)

test('requests for components that sleep wait in their order, as many and as long as is said', async () => {
  await using world = new ScaledWorld(processGround())
  await holdsRequests(world)
  await world.down()
}, 120_000)

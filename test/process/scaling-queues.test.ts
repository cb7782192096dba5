import { fileURLToPath } from 'node:url'
import { beforeAll, test } from '@jest/globals'
import { bundleProgram } from '../kit/bundled-program.ts'
import { setUp } from '../kit/meters/set-up.ts'
import { processGround } from '../kit/scaled-apps/ground.ts'
import { followsQueues } from '../kit/scaled-apps/queue-app.ts'
import { ScaledWorld } from '../kit/scaled-apps/scaled-world.ts'

/** The servers themselves. */
beforeAll(setUp, 300_000)

test('workers grow with their queues in real servers that are components beside them, and sleep again', async () => {
  await using world = new ScaledWorld(processGround())
  const scaler = await bundleProgram(
    'test/kit/programs/push-scaler.ts',
    fileURLToPath(new URL('../../node_modules/.cache/minipaas', import.meta.url)),
  )
  await followsQueues(world, scaler)
  await world.down()
}, 240_000)

import { expect, test } from '@jest/globals'
import { testDocker } from '../kit/docker/engine.ts'
import { makeBrokerImage } from '../kit/scaled-apps/broker-image.ts'
import { BROKER_IMAGE } from '../kit/scaled-apps/brokers.ts'
import { dockerGround } from '../kit/scaled-apps/ground.ts'
import { followsQueues } from '../kit/scaled-apps/queue-app.ts'
import { ScaledWorld } from '../kit/scaled-apps/scaled-world.ts'

test('workers grow with their queues in real servers that are components beside them, and sleep again', async () => {
  await makeBrokerImage()
  await using world = new ScaledWorld(dockerGround())
  await followsQueues(world, '')
  await expectNothingPublished()
  await world.down()
}, 300_000)

/** The edge has a port of this machine for HTTP; brokers have none. */
async function expectNothingPublished(): Promise<void> {
  const containers = await testDocker().listContainers({ filters: { ancestor: [BROKER_IMAGE] } })
  expect(containers.length).toBeGreaterThan(0)
  expect(containers.flatMap(({ Ports }) => Ports.filter(({ PublicPort }) => PublicPort !== undefined))).toEqual([])
}

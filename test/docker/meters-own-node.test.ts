import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { DockerMeterHost } from '../../runtime/engines/docker/meters/meter-host.ts'
import { bundleProgram } from '../kit/bundled-program.ts'
import { DockerEdgeWorld } from '../kit/docker/edge-world.ts'
import { eventually } from '../kit/eventually.ts'
import { aTrigger, MeterConversation } from '../kit/meter-conversation.ts'
import { scratchDirectory } from '../kit/scratch.ts'

const bundles = scratchDirectory()
const NOBODY = new AbortController().signal
let edgeProgram = ''
beforeAll(async () => {
  edgeProgram = await bundleProgram('runtime/edge/main.ts', bundles.path)
})
afterAll(() => bundles[Symbol.dispose]())

test("readers run without rights also in an image that is made from this machine's own Node", async () => {
  const environment = { MINIPAAS_EDGE_BASE: 'mptest-there-is-no-such-image:1' }
  await using world = new DockerEdgeWorld(edgeProgram, { environment })
  const host = new DockerMeterHost(world.context)
  const conversation = new MeterConversation(await host.attach(world.owner, NOBODY))
  conversation.watch(aTrigger('web/queue', 'fixed', { value: '42' }))
  const id = conversation.ask('web/queue')
  expect(await eventually(() => conversation.readingsOf(id))).toEqual([{ trigger: 'web/queue', value: 42 }])
  expect(world.complaints).toEqual([])
  await host.remove(world.owner, NOBODY)
})

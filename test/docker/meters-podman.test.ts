import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { LABELS } from '../../runtime/engines/docker/labels.ts'
import { DockerMeterHost } from '../../runtime/engines/docker/meters/meter-host.ts'
import { bundleProgram } from '../kit/bundled-program.ts'
import { DockerEdgeWorld } from '../kit/docker/edge-world.ts'
import { GIVEN_ENGINE } from '../kit/docker/engine.ts'
import { FlakyEngine } from '../kit/docker/flaky-engine.ts'
import { startEngineWithImages } from '../kit/docker/images.ts'
import { eventually } from '../kit/eventually.ts'
import { aTrigger, MeterConversation } from '../kit/meter-conversation.ts'
import { scratchDirectory } from '../kit/scratch.ts'

/** A run that was given an engine may be on a machine where none can be started. */
const describeOwnEngines = process.env[GIVEN_ENGINE] === undefined ? describe : describe.skip
const NOBODY = new AbortController().signal
const LIMIT = 120_000

const bundles = scratchDirectory()
let edgeProgram = ''
beforeAll(async () => {
  edgeProgram = await bundleProgram('runtime/edge/main.ts', bundles.path)
})
afterAll(() => bundles[Symbol.dispose]())

/** The engine ends the input of a container with its first reader: for an edge that is a reason to use a socket, here it is what is wanted. */
describeOwnEngines("readers on Podman's service", () => {
  test(
    'answer, are replaced when they die, are removed, and end with the daemon that holds them',
    async () => {
      await using engine = await startEngineWithImages('podman')
      using folder = scratchDirectory()
      await using flaky = new FlakyEngine(`${folder.path}/engine.sock`, engine.endpoint)
      await flaky.start()
      await using world = new DockerEdgeWorld(edgeProgram, { endpoint: flaky.endpoint })
      const label = [`${LABELS.home}=${world.place.home}`, `${LABELS.role}=meters`]
      const meters = () => world.docker.listContainers({ all: true, filters: { label } })
      const host = new DockerMeterHost(world.context)
      const attach = async (): Promise<MeterConversation> => new MeterConversation(await host.attach(world.owner, NOBODY))
      const read = async (conversation: MeterConversation): Promise<unknown> => {
        conversation.watch(aTrigger('web/queue', 'fixed', { value: '42' }))
        const id = conversation.ask('web/queue')
        return eventually(() => conversation.readingsOf(id))
      }
      const answer = [{ trigger: 'web/queue', value: 42 }]

      const first = await attach()
      expect(await read(first)).toEqual(answer)
      expect(await meters()).toHaveLength(1)
      for (const { Id: id } of await meters()) await world.docker.getContainer(id).kill({ signal: 'SIGKILL' })
      await first.over

      const second = await attach()
      expect(await read(second)).toEqual(answer)
      expect(await meters()).toHaveLength(1)
      await host.remove(world.owner, NOBODY)
      await second.over
      expect(await meters()).toEqual([])

      const third = await attach()
      expect(await read(third)).toEqual(answer)
      await flaky.stop()
      await third.over
      await flaky.start()
      await eventually(async () => ((await meters()).length === 0 ? true : undefined))
    },
    LIMIT,
  )
})

import type { ReplicaRef } from '../../../src/model/engine.ts'
import { eventually } from '../../kit/eventually.ts'
import { ProcessWorld } from '../../kit/process-world.ts'
import { engineConformance } from './suite.ts'

engineConformance({
  name: 'process',
  facets: { network: true, adoption: true, realProcesses: true },
  async create() {
    const world = new ProcessWorld()
    const { owner } = world
    return {
      get engine() {
        return world.engine
      },
      owner,
      specOf: (component) => world.specOf(component),
      async crash(ref: ReplicaRef, name: string) {
        const { replicas } = await world.engine.observe(owner)
        const container = replicas.find(({ id }) => id === ref.id)?.containers.find((candidate) => candidate.name === name)
        process.kill(Number(container?.handle), 'SIGKILL')
      },
      until: (check) => eventually(check),
      async reopen() {
        await world.engine.release()
        return world.openEngine()
      },
      dispose: () => world[Symbol.asyncDispose](),
    }
  },
})

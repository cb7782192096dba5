import type { ReplicaRef } from '../../src/model/engine.ts'
import { engineConformance } from '../conformance/engines/suite.ts'
import { DockerWorld } from '../kit/docker/docker-world.ts'
import { eventually } from '../kit/eventually.ts'

engineConformance({
  name: 'docker',
  facets: { network: true, adoption: true, realProcesses: true },
  async create() {
    const world = new DockerWorld()
    const { owner } = world
    return {
      get engine() {
        return world.engine
      },
      owner,
      specOf: (component) => world.specOf(component),
      crash: async (ref: ReplicaRef, name: string) => {
        const { Id: id } = await world.inspect(ref, name)
        await world.docker.getContainer(id).kill({ signal: 'SIGKILL' })
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

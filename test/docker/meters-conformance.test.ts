import { meterConformance } from '../conformance/engines/meter-suite.ts'
import { DockerWorld } from '../kit/docker/docker-world.ts'
import { eventually } from '../kit/eventually.ts'

meterConformance('docker', async () => {
  const world = new DockerWorld()
  return {
    engine: world.engine,
    owner: world.owner,
    script: () => {},
    push: () => {},
    async kill() {
      for (const { Id: id } of await world.meters()) await world.docker.getContainer(id).kill({ signal: 'SIGKILL' })
    },
    left: async () => (await world.meters()).map(({ Id, State }) => `container ${Id.slice(0, 12)} ${State}`),
    until: (check) => eventually(check),
    other: () => world.openEngine(),
    dispose: () => world[Symbol.asyncDispose](),
  }
})

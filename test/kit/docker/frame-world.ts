import type { DockerContext } from '../../../runtime/engines/docker/context.ts'
import { removeEnvironment } from '../../../runtime/engines/docker/environments.ts'
import { createFrame, type Frame } from '../../../runtime/engines/docker/frame.ts'
import { LABELS } from '../../../runtime/engines/docker/labels.ts'
import { placeOf } from '../../../runtime/engines/docker/place.ts'
import { RestartBook } from '../../../runtime/engines/docker/restart-book.ts'
import { systemClock } from '../../../runtime/time/system-clock.ts'
import { silentLogger } from '../../../src/kernel/logger.ts'
import type { Owner } from '../../../src/model/engine.ts'
import { aComponent, key } from '../builders.ts'
import { testDocker, testEndpoint } from './engine.ts'
import { EngineThings } from './engine-things.ts'

type SandboxOf = Parameters<Frame['sandboxes']['ensure']>[1]

const NOBODY = new AbortController().signal
/** The names of replicas' surroundings are told apart by this: one for each world of a run. */
let worlds = 0

/** Networks, volumes and sandboxes of a state directory of their own, without replicas and edges. All of it goes with the world. */
export class FrameWorld implements AsyncDisposable {
  readonly docker = testDocker()
  readonly home = `/frame/${process.pid}/${worlds++}`
  readonly owner: Owner = { environment: 'frame', instance: 'test' }
  readonly context: DockerContext
  readonly frame: Frame

  constructor() {
    this.context = {
      docker: this.docker,
      clock: systemClock,
      logger: silentLogger,
      place: placeOf(this.home, '/usual'),
      endpoint: { url: testEndpoint(), strategy: 'test', local: true },
      restarts: new RestartBook(),
      houseImage: async () => 'busybox:1.36',
    }
    this.frame = createFrame(this.context, {
      health: () => ({ state: 'healthy', detail: '', attributes: {} }),
      listImages: async () => [],
      imagesChanged: () => {},
    })
  }

  /** A component and ordinal with this pod. */
  position(name: string, pod: Partial<SandboxOf['revision']['spec']['pod']> = {}, ordinal = 0): SandboxOf {
    const built = aComponent(name).build()
    const spec = { ...built, pod: { ...built.pod, ...pod } }
    return { component: key(name), ordinal, revision: { id: `${name}--1` as never, component: key(name), app: 'shop', hash: '1', spec } }
  }

  /** Runs a command in a container that joined a sandbox; resolves to its id. */
  async join(
    sandbox: string,
    command: readonly string[],
    labels: Readonly<Record<string, string>> = {},
  ): Promise<ReturnType<FrameWorld['docker']['getContainer']>> {
    const container = await this.docker.createContainer({
      Image: 'busybox:1.36',
      Cmd: [...command],
      Labels: {
        [LABELS.home]: this.context.place.home,
        [LABELS.environment]: this.owner.environment,
        [LABELS.sandbox]: sandbox,
        ...labels,
      },
      HostConfig: { NetworkMode: `container:${sandbox}`, Init: true },
    })
    await container.start()
    return container
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const environment of ['frame', 'other']) {
      const owner = { ...this.owner, environment }
      await removeEnvironment({ context: this.context, hosts: [] }, owner, NOBODY)
    }
    await new EngineThings(testEndpoint(), this.home).removeAll()
  }
}

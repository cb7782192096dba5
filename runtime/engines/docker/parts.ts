import { homedir } from 'node:os'
import type { EngineHealth } from '../../../src/model/observed.ts'
import type { DockerContext } from './context.ts'
import { connectionsFacet } from './edge/connections.ts'
import { DockerEdgeHost } from './edge/edge-host.ts'
import { HouseImage } from './edge/house-image.ts'
import type { EngineAtHand } from './engine-link.ts'
import { createFrame, type Frame } from './frame.ts'
import { createImages, type DockerImages } from './images/images.ts'
import { DockerMeterHost } from './meters/meter-host.ts'
import type { DockerEngineOptions } from './options.ts'
import { createPods, type Pods } from './pod/pods.ts'

/** What an engine consists of, once it is known where it is. */
export interface DockerParts extends Frame {
  readonly context: DockerContext
  readonly pods: Pods
  readonly edge: DockerEdgeHost
  readonly meters: DockerMeterHost
  readonly connections: ReturnType<typeof connectionsFacet>
  readonly house: HouseImage
  readonly images: DockerImages
}

export interface PartsPorts {
  readonly options: DockerEngineOptions
  /** What does not depend on the engine that was found. */
  readonly shared: Pick<DockerContext, 'place' | 'restarts'>
  /** As the engine was when it was last asked. */
  readonly health: () => EngineHealth
}

export function assembleParts({ docker, endpoint }: EngineAtHand, { options, shared, health }: PartsPorts): DockerParts {
  const { clock, logger, edgeProgram, metersProgram, environment } = options
  const base = { docker, endpoint, clock, logger, ...shared }
  const house = new HouseImage({
    context: base,
    edgeProgram,
    metersProgram,
    environment,
    pull: (ref, signal) => images.pull(ref, () => {}, signal),
  })
  const context: DockerContext = { ...base, houseImage: (signal) => house.reference(signal) }
  const images = createImages(context, { env: environment, homeDirectory: environment.HOME ?? homedir() })
  const frame = createFrame(context, {
    health,
    listImages: (signal) => images.list(signal),
    imagesChanged: () => images.changed(),
  })
  return {
    ...frame,
    context,
    house,
    images,
    pods: createPods(context, frame.sandboxes),
    edge: new DockerEdgeHost(context),
    meters: new DockerMeterHost(context),
    connections: connectionsFacet(context, (of, port) => frame.endpoints.reach(of, port)),
  }
}

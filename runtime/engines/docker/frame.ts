import type { NetworkFacet, VolumeFacet } from '../../../src/model/engine.ts'
import type { DockerContext } from './context.ts'
import { EndpointBook } from './endpoints.ts'
import type { HintParts } from './hints.ts'
import { networkFacet } from './network.ts'
import { EnvironmentObserver, type ObserverParts } from './observe.ts'
import { createSandboxes, type Sandboxes } from './sandbox.ts'
import { volumeFacet } from './volumes.ts'

/** What replicas stand in, and what is seen of them. */
export interface Frame {
  readonly sandboxes: Sandboxes
  readonly networks: NetworkFacet
  readonly volumes: VolumeFacet
  readonly observer: EnvironmentObserver
  readonly endpoints: EndpointBook
  readonly hints: HintParts
}

export interface FrameOptions extends Omit<ObserverParts, 'context'> {
  readonly imagesChanged: () => void
}

export function createFrame(context: DockerContext, options: FrameOptions): Frame {
  const observer = new EnvironmentObserver({ context, ...options })
  return {
    sandboxes: createSandboxes(context),
    networks: networkFacet(context),
    volumes: volumeFacet(context),
    observer,
    endpoints: new EndpointBook(context),
    hints: {
      context,
      containerChanged: (environment, id) => observer.facts.forget(environment, id),
      imagesChanged: options.imagesChanged,
    },
  }
}

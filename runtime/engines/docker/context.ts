import type Docker from 'dockerode'
import type { Clock } from '../../../src/kernel/clock.ts'
import type { Logger } from '../../../src/kernel/logger.ts'
import type { Place } from './place.ts'

/** What every part of the engine shares. Only this folder knows the SDK. */
export interface DockerContext {
  readonly docker: Docker
  readonly clock: Clock
  readonly logger: Logger
  readonly place: Place
  /** The image of edges and sandboxes: made when it is first needed. Resolves to its reference. */
  readonly houseImage: (signal: AbortSignal) => Promise<string>
}

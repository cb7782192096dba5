import type Docker from 'dockerode'
import type { Clock } from '../../../src/kernel/clock.ts'
import type { Logger } from '../../../src/kernel/logger.ts'
import type { EngineEndpoint } from './discovery/endpoint.ts'
import type { Place } from './place.ts'
import type { RestartBook } from './restart-book.ts'

/** What every part of the engine shares. Only this folder knows the SDK. */
export interface DockerContext {
  readonly docker: Docker
  readonly clock: Clock
  readonly logger: Logger
  readonly place: Place
  /** Where the engine was found. */
  readonly endpoint: EngineEndpoint
  /** Numbers of starts, for whoever makes a container that takes the place of another. */
  readonly restarts: RestartBook
  /** The image of edges and sandboxes: made when it is first needed. Resolves to its reference. */
  readonly houseImage: (signal: AbortSignal) => Promise<string>
}

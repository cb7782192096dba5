import type { Clock } from '../../../src/kernel/clock.ts'
import type { Logger } from '../../../src/kernel/logger.ts'
import type { HouseProgramPaths } from './edge/house-programs.ts'

export interface DockerEngineOptions extends HouseProgramPaths {
  /** The state directory; things of other ones are left alone. */
  readonly home: string
  /** The state directory that a user has when nothing is said: its things get the plain names. */
  readonly usualHome: string
  readonly clock: Clock
  readonly logger: Logger
  /** The daemon's environment: where engines, their certificates and credentials are looked for. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Only the engine there, as `DOCKER_HOST` has it, instead of discovery. */
  readonly endpoint?: string
}

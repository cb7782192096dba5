import type { Clock } from '../../../src/kernel/clock.ts'
import type { Logger } from '../../../src/kernel/logger.ts'
import type { MeterChannel, MeterHost, Owner } from '../../../src/model/engine.ts'
import { endCompanion } from '../../process-identity/companion.ts'
import { type EnvironmentLayout, environmentLayout } from '../../process-identity/home-layout.ts'
import { MeterPrograms } from '../shared/meter-programs.ts'
import type { MeterProgram } from '../shared/meter-session.ts'
import { removeFolder, startMeters } from './meter-child.ts'
import { checkName } from './names.ts'

export interface MeterHostPorts {
  readonly home: string
  readonly clock: Clock
  /** Told what the program writes to its standard error. */
  readonly logger: Logger
  readonly nodePath: string
  /** `dist/meters.js`. */
  readonly metersProgram: string
}

/**
 * The program that reads triggers as a child process of the daemon, which ends with its standard input and so with the daemon. It leads a
 * session of its own, and its identity is in the environment's directory: one that does not end is ended by the next daemon or the guard.
 */
export class ProcessMeterHost implements MeterHost {
  readonly #ports: MeterHostPorts
  readonly #programs: MeterPrograms

  constructor(ports: MeterHostPorts) {
    this.#ports = ports
    const { clock, logger } = ports
    this.#programs = new MeterPrograms({
      clock,
      logger,
      start: (owner) => this.#start(owner),
      clear: (owner) => this.#clear(owner),
    })
  }

  attach(owner: Owner, signal: AbortSignal): Promise<MeterChannel> {
    return this.#programs.attach(owner, signal)
  }

  remove(owner: Owner, signal: AbortSignal): Promise<void> {
    return this.#programs.remove(owner, signal)
  }

  /** Ends all programs: they live as long as this process. */
  release(): Promise<void> {
    return this.#programs.release()
  }

  #start(owner: Owner): Promise<MeterProgram> {
    const { home, clock, logger, nodePath, metersProgram } = this.#ports
    const { root, meters, metersRecord } = this.#layout(owner)
    const launch = {
      directory: root,
      folder: meters,
      record: metersRecord,
      command: [nodePath, metersProgram, '--stdio'],
      variables: { MINIPAAS_HOME: home },
    } as const
    return startMeters(launch, { clock, logger: logger.with({ environment: owner.environment }) })
  }

  async #clear(owner: Owner): Promise<void> {
    const { meters, metersRecord } = this.#layout(owner)
    await endCompanion(metersRecord, this.#ports.clock)
    await removeFolder(meters)
  }

  #layout({ environment }: Owner): EnvironmentLayout {
    return environmentLayout(this.#ports.home, checkName('an environment', environment))
  }
}

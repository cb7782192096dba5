import { mkdir, rm } from 'node:fs/promises'
import type { Clock } from '../../../src/kernel/clock.ts'
import { after, type Millis } from '../../../src/kernel/instant.ts'
import type { EdgeChannel, EdgeHost, Owner } from '../../../src/model/engine.ts'
import { ensureCompanion, livingCompanion, markEnding, readCompanion } from '../../process-identity/companion.ts'
import { type EnvironmentLayout, environmentLayout } from '../../process-identity/home-layout.ts'
import { endMembers } from '../../process-identity/process-group.ts'
import { messageOf } from '../../process-identity/system-error.ts'
import { EDGE_NODE_FLAGS, openChannel } from '../shared/edge-channel.ts'
import { connectTo, lastWords, openSocketFolder, sendShutdown, socketOf } from './edge-socket.ts'
import { faults } from './faults.ts'
import { checkName } from './names.ts'

export interface EdgePrograms {
  readonly home: string
  readonly clock: Clock
  readonly nodePath: string
  /** `dist/edge.js`. */
  readonly edgeProgram: string
}

/** An edge that was just started listens within this time. */
const ATTACH_LIMIT: Millis = 15_000
const CONNECT_EVERY: Millis = 4
/** Time of an edge to end after `shutdown`, before SIGTERM, and after SIGTERM, before SIGKILL. */
const SHUTDOWN_LIMIT: Millis = 2_000

/** The edge of an environment as a detached process that is reached through a socket in its directory. */
export class ProcessEdgeHost implements EdgeHost {
  readonly #programs: EdgePrograms

  constructor(programs: EdgePrograms) {
    this.#programs = programs
  }

  async attach(owner: Owner, signal: AbortSignal): Promise<EdgeChannel> {
    const { clock } = this.#programs
    const layout = this.#layout(owner)
    const socketPath = socketOf(layout)
    await mkdir(layout.edge, { recursive: true, mode: 0o700 })
    await openSocketFolder(socketPath, owner.environment)
    const limit = after(clock.now(), ATTACH_LIMIT)
    let why = 'it was not tried'
    while (clock.now() < limit) {
      signal.throwIfAborted()
      // Also when it ended while we waited.
      await ensureCompanion(this.#order(owner, layout), clock)
      try {
        return openChannel(await connectTo(socketPath))
      } catch (error) {
        why = messageOf(error)
      }
      await clock.sleep(CONNECT_EVERY, signal)
    }
    throw faults.edgeAway(owner.environment, `${why}${await lastWords(layout)}`)
  }

  async describe(owner: Owner): Promise<string | undefined> {
    const living = livingCompanion(this.#layout(owner).edgeRecord)
    return living === undefined ? undefined : `pid ${living.pid}`
  }

  /** Ends the edge for good and removes what it kept. */
  async remove(owner: Owner, signal: AbortSignal): Promise<void> {
    const { clock } = this.#programs
    const layout = this.#layout(owner)
    const known = await markEnding(layout.edgeRecord, clock)
    if (known !== undefined) {
      await this.#shutDown(layout, signal)
      await endMembers({ leader: known, marks: [] }, { clock, until: after(clock.now(), SHUTDOWN_LIMIT), signal })
    }
    if (process.platform !== 'win32') await rm(socketOf(layout), { force: true })
    await rm(layout.edge, { recursive: true, force: true, maxRetries: 3, retryDelay: 20 })
  }

  async #shutDown(layout: EnvironmentLayout, signal: AbortSignal): Promise<void> {
    const { clock } = this.#programs
    const limit = after(clock.now(), SHUTDOWN_LIMIT)
    try {
      await sendShutdown(layout)
      while (livingCompanion(layout.edgeRecord) !== undefined && clock.now() < limit) await clock.sleep(CONNECT_EVERY, signal)
    } catch {
      signal.throwIfAborted()
      // It does not listen; it is ended by signals.
    }
  }

  #layout(owner: Owner): EnvironmentLayout {
    return environmentLayout(this.#programs.home, checkName('an environment', owner.environment))
  }

  #order(owner: Owner, layout: EnvironmentLayout): Parameters<typeof ensureCompanion>[0] {
    const { home, nodePath, edgeProgram } = this.#programs
    // A record that says "ending" was left by somebody who died while removing: this is a new beginning.
    const command = [nodePath, ...EDGE_NODE_FLAGS, edgeProgram, '--directory', layout.edge, '--environment', owner.environment]
    return { record: layout.edgeRecord, command, variables: { MINIPAAS_HOME: home } }
  }
}

export function hasEdge(home: string, environment: string): boolean {
  return readCompanion(environmentLayout(home, environment).edgeRecord) !== undefined
}

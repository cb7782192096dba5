import { readdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../src/kernel/clock.ts'
import { after, type Millis } from '../../src/kernel/instant.ts'
import { endCompanion, markEnding, readCompanion, reviveCompanion } from '../process-identity/companion.ts'
import { isElsewhere } from '../process-identity/elsewhere.ts'
import { type EnvironmentLayout, environmentLayout, homeLayout } from '../process-identity/home-layout.ts'
import { isAlive } from '../process-identity/identity.ts'
import { endMembers } from '../process-identity/process-group.ts'
import { endRecordedReplica } from '../process-identity/replica-trace.ts'

/** Time to end after SIGTERM when nobody wants the environment any more. */
const GRACE: Millis = 5_000

export interface GuardedEnvironment {
  readonly layout: EnvironmentLayout
  readonly edge: 'none' | 'alive' | 'dead'
  readonly replicas: readonly string[]
  /** It has containers, which only a daemon can end. */
  readonly elsewhere: boolean
}

/** Environments with a replica, an edge or containers. */
export async function listGuarded(home: string): Promise<readonly GuardedEnvironment[]> {
  const names = await readdir(homeLayout(home).environments).catch(() => [])
  const all = await Promise.all(names.map((name) => look(home, name)))
  return all.filter(({ edge, replicas, elsewhere }) => edge !== 'none' || replicas.length > 0 || elsewhere)
}

async function look(home: string, name: string): Promise<GuardedEnvironment> {
  const layout = environmentLayout(home, name)
  const replicas = await readdir(layout.replicas).catch(() => [])
  const edge = readCompanion(layout.edgeRecord)
  const state = edge === undefined ? 'none' : isAlive(edge) ? 'alive' : 'dead'
  return { layout, replicas, edge: state, elsewhere: isElsewhere(home, name) }
}

/** Starts a dead edge again, in its directory with its last table; one that is being ended stays dead. */
export async function reviveEdge({ layout, edge }: GuardedEnvironment, clock: Clock): Promise<void> {
  if (edge === 'dead') await reviveCompanion(layout.edgeRecord, clock)
}

/** Ends replicas, edge and readers of an environment, with what a daemon remembers of it; volumes stay, and so do containers. */
export async function endEnvironment({ layout, replicas }: GuardedEnvironment, clock: Clock): Promise<void> {
  const edge = await markEnding(layout.edgeRecord, clock)
  // First of all: a daemon that starts from here on must not bring it up again.
  await rm(join(layout.root, 'state.json'), { force: true })
  const options = { clock, until: after(clock.now(), GRACE) }
  await Promise.all([
    ...replicas.map((name) => endRecordedReplica(join(layout.replicas, name), options)),
    edge === undefined ? undefined : endMembers({ leader: edge, marks: [] }, options),
    endCompanion(layout.metersRecord, clock),
  ])
  for (const directory of [layout.replicas, layout.edge, layout.meters]) await rm(directory, { recursive: true, force: true })
  for (const directory of [layout.volumes, layout.root]) await rmdir(directory).catch(() => {})
}

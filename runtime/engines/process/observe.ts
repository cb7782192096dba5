import { instant } from '../../../src/kernel/instant.ts'
import type { Observed, ObservedContainer, ObservedReplica } from '../../../src/model/observed.ts'
import { childrenOf } from '../../process-identity/process-table-linux.ts'
import { signalOf } from './launch.ts'
import type { Replica } from './replica.ts'
import type { ContainerRecord } from './replica-record.ts'

/** A replica as it is, from its record, its exit files and its processes. */
function observeReplica(replica: Replica): ObservedReplica {
  const { record } = replica
  const containers = record.containers.map((container) => observeContainer(replica, container))
  const main = containers.filter(({ role }) => role !== 'init')
  const note = record.progress === 'failed' ? failureOf(containers) : replica.note
  const isOver = main.length > 0 && main.every(({ state }) => state === 'exited')
  return {
    id: record.id,
    app: record.app,
    component: record.component,
    revision: record.revision,
    ordinal: record.ordinal,
    phase: record.progress !== 'started' ? 'starting' : isOver ? 'exited' : 'running',
    since: isOver ? latest(main) : record.since,
    restartToken: record.restartToken,
    pushToken: record.pushToken,
    frozen: record.frozen,
    containers,
    ...(note === undefined ? {} : { unhealthy: note }),
  }
}

/** What ended a start. */
function failureOf(containers: readonly ObservedContainer[]): string | undefined {
  const failed = containers.find(({ role, exitCode }) => role === 'init' && exitCode !== undefined && exitCode !== 0)
  return failed === undefined ? undefined : `init container ${failed.name} ended with exit code ${failed.exitCode}`
}

function observeContainer(replica: Replica, container: ContainerRecord): ObservedContainer {
  const { name, role, restarts, startedAt, process } = container
  if (process === undefined || startedAt === undefined) {
    return { name, role, state: 'waiting', since: replica.record.since, restarts }
  }
  const exit = replica.exitOf(name)
  if (exit === undefined) {
    return { name, role, state: 'running', startedAt, since: startedAt, restarts, handle: String(shownPid(process.pid)) }
  }
  const signal = signalOf(exit.code)
  return {
    name,
    role,
    state: 'exited',
    startedAt,
    since: exit.at,
    exitCode: exit.code,
    ...(signal === undefined ? {} : { signal }),
    restarts,
  }
}

/** The program's own pid where the platform tells it; the leader is the shell that waits for it. */
function shownPid(leader: number): number {
  return (process.platform === 'linux' ? childrenOf(leader)[0] : undefined) ?? leader
}

function latest(containers: readonly ObservedContainer[]): ObservedContainer['since'] {
  return instant(Math.max(...containers.map(({ since }) => since)))
}

/** What exists in an environment; one-offs belong to their session only. */
export function observedOf(
  replicas: Iterable<Replica>,
  engine: Observed['engine'],
  volumes: readonly string[],
  at: Observed['at'],
): Observed {
  const seen = [...replicas].filter(({ record }) => record.kind === 'replica').map(observeReplica)
  return { at, engine, replicas: seen, strays: [], networks: [], volumes, images: [], sandboxes: [] }
}

import type { ObservedReplica } from '../model/observed.ts'
import type { ReplicaView } from '../wire/views.ts'
import { exitDetail } from './exit-detail.ts'
import { phaseOf, type Readiness } from './readiness.ts'
import type { ControlState } from './state.ts'

/** A replica for people and programs that ask. */
export function replicaView(replica: ObservedReplica, state: ControlState, readiness: Readiness): ReplicaView {
  const health = readiness.of.get(replica.id)
  const lastEnd = state.lastEnds.get(replica.id)
  const ended = replica.containers.find((container) => container.state === 'exited' && container.role !== 'init')
  const detail = replica.phase === 'exited' || ended !== undefined ? exitDetail(replica) : (replica.unhealthy ?? health?.detail)
  return {
    id: replica.id,
    component: replica.component,
    revision: replica.revision,
    ordinal: replica.ordinal,
    phase: phaseOf(replica, readiness),
    since: replica.since,
    restarts: replica.containers.reduce((sum, container) => sum + (container.role === 'init' ? 0 : container.restarts), 0),
    ...(ended?.exitCode === undefined ? {} : { exitCode: ended.exitCode }),
    containers: replica.containers,
    ...(ended !== undefined || lastEnd === undefined ? {} : { lastEnd: { why: lastEnd.why, at: lastEnd.at } }),
    ...(detail === undefined || detail === '' ? {} : { detail }),
  }
}

import { type Instant, instant } from '../kernel/instant.ts'
import type { ReplicaId } from '../model/names.ts'
import type { ObservedReplica } from '../model/observed.ts'
import { exitDetail } from './exit-detail.ts'

/** How something of a replica ended before it was started again: the start is often quicker than whoever asks for the reason. */
export interface LastEnd {
  readonly why: string
  readonly at: Instant
  /** A restart that the user asked for needs no explanation. */
  readonly restartToken: number
  /** Not everything runs again yet: what ends meanwhile is a consequence, not the reason. */
  readonly open: boolean
}

export type LastEnds = ReadonlyMap<ReplicaId, LastEnd>

/** Source: Kubernetes, `lastState` in the status of a container. */
export function foldLastEnds(known: LastEnds, replicas: readonly ObservedReplica[]): LastEnds {
  const next = new Map<ReplicaId, LastEnd>()
  for (const replica of replicas) {
    const { id, restartToken } = replica
    const ended = replica.containers.filter(({ role, state }) => role !== 'init' && state === 'exited')
    const before = known.get(id)
    if (ended.length === 0) {
      if (before?.restartToken === restartToken) next.set(id, { ...before, open: false })
    } else if (before?.open === true) {
      next.set(id, before)
    } else {
      next.set(id, { why: exitDetail(replica), at: instant(Math.max(...ended.map(({ since }) => since))), restartToken, open: true })
    }
  }
  const isSame = next.size === known.size && [...next].every(([id, end]) => sameEnd(known.get(id), end))
  return isSame ? known : next
}

function sameEnd(left: LastEnd | undefined, right: LastEnd): boolean {
  return left?.why === right.why && left.at === right.at && left.restartToken === right.restartToken && left.open === right.open
}

import type { Instant } from '../../kernel/instant.ts'
import type { Component } from '../../model/component.ts'
import type { ReplicaId } from '../../model/names.ts'
import type { ObservedReplica } from '../../model/observed.ts'
import type { Container } from '../../model/pod.ts'
import type { ScaledPod, ScaledRequests } from '../../scaling/scaler/scaler-types.ts'
import { judge } from '../readiness.ts'
import type { ControlState } from '../state.ts'

export type Usage = NonNullable<ScaledPod['usage']>

interface Seen {
  readonly startedAt: Instant
  readonly ready: boolean
  readonly changedAt: Instant
}

/** The replicas of one component as an HPA looks at pods: since when they run, since when they are ready. */
export class PodWatch {
  #seen = new Map<ReplicaId, Seen>()

  follow(replicas: readonly ObservedReplica[], state: ControlState, now: Instant): void {
    const { ready } = judge(state)
    const seen = new Map<ReplicaId, Seen>()
    for (const { id, phase } of replicas) {
      if (phase !== 'running') continue
      const before = this.#seen.get(id)
      const isReady = ready.has(id)
      if (before?.ready === isReady) seen.set(id, before)
      else seen.set(id, { startedAt: before?.startedAt ?? now, ready: isReady, changedAt: now })
    }
    this.#seen = seen
  }

  pods(replicas: readonly ObservedReplica[], state: ControlState, usage: ReadonlyMap<ReplicaId, Usage>): readonly ScaledPod[] {
    const { draining } = judge(state)
    return replicas.map((replica) => {
      const seen = this.#seen.get(replica.id)
      const used = usage.get(replica.id)
      return {
        name: replica.id,
        // A container that ended is started again in its pod, which stays Running.
        phase: replica.phase === 'created' || replica.phase === 'starting' ? 'Pending' : 'Running',
        ready: seen?.ready ?? false,
        deleting: draining.has(replica.id),
        ...(seen === undefined ? {} : { startedAtMs: seen.startedAt, readyChangedAtMs: seen.changedAt }),
        ...(used === undefined ? {} : { usage: used }),
      }
    })
  }
}

/** What the containers ask for, by name; the whole pod under the empty name, where every container asks. A limit alone is a request too, as in Kubernetes. */
export function requestsOf({ pod }: Component): Readonly<Record<string, ScaledRequests>> {
  const requests: Record<string, ScaledRequests> = {}
  for (const container of pod.containers) requests[container.name] = requestOf(container)
  requests[''] = {
    ...summed(requests, pod.containers, 'cpuMilli'),
    ...summed(requests, pod.containers, 'memoryBytes'),
  }
  return requests
}

function requestOf({ requests, limits }: Container): ScaledRequests {
  const cpu = requests.cpu ?? limits.cpu
  const memoryBytes = requests.memoryBytes ?? limits.memoryBytes
  return { ...(cpu === undefined ? {} : { cpuMilli: Math.round(cpu * 1000) }), ...(memoryBytes === undefined ? {} : { memoryBytes }) }
}

function summed(
  requests: Readonly<Record<string, ScaledRequests>>,
  containers: readonly Container[],
  of: keyof ScaledRequests,
): ScaledRequests {
  let total = 0
  for (const { name } of containers) {
    const value = requests[name]?.[of]
    if (value === undefined) return {}
    total += value
  }
  return { [of]: total }
}

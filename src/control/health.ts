import type { Component } from '../model/component.ts'
import type { DesiredExecution, DesiredRevision } from '../model/desired.ts'
import type { ComponentKey } from '../model/names.ts'
import type { ObservedReplica } from '../model/observed.ts'
import type { Readiness } from './readiness.ts'
import type { ComponentHealth, ControlState } from './state.ts'

/** Counts of a component as its controller in a cluster would report them. */
export interface ReplicaCounts {
  readonly wanted: number
  readonly total: number
  readonly updated: number
  readonly ready: number
  readonly active: number
  readonly succeeded: number
  readonly failed: number
}

export function countReplicas(desired: DesiredRevision, replicas: readonly ObservedReplica[], readiness: Readiness): ReplicaCounts {
  const updated = replicas.filter((replica) => replica.revision === desired.revision.id)
  const succeeded = updated.filter(hasSucceeded).length
  const failed = updated.filter((replica) => replica.phase === 'exited' && !hasSucceeded(replica)).length
  return {
    wanted: desired.replicas,
    total: replicas.length,
    updated: updated.length,
    ready: updated.filter((replica) => readiness.ready.has(replica.id)).length,
    active: updated.length - succeeded - failed,
    succeeded,
    failed,
  }
}

function hasSucceeded(replica: ObservedReplica): boolean {
  return replica.phase === 'exited' && replica.containers.every((container) => container.role === 'sidecar' || container.exitCode === 0)
}

/** Upstream's health policies. Source: KubeVela, webservice and task healthPolicy and customStatus. */
function judgeHealth(desired: DesiredRevision, counts: ReplicaCounts): ComponentHealth {
  const { spec } = desired.revision
  if (spec.run.type === 'not-simulated') return { healthy: true, message: `not simulated: ${spec.run.why}`, desired: 0, ready: 0 }
  if (spec.run.type === 'to-completion') {
    if (desired.executions !== undefined) return judgeExecutions(desired.executions, counts)
    const { parallelism, completions } = spec.run
    const message = `Active/Failed/Succeeded:${counts.active}/${counts.failed}/${counts.succeeded}`
    return { healthy: counts.succeeded >= completions, message, desired: Math.min(parallelism, completions), ready: counts.active }
  }
  const healthy = counts.ready === counts.wanted && counts.updated === counts.wanted && counts.total === counts.updated
  return { healthy, message: `Ready:${counts.ready}/${counts.wanted}`, desired: counts.wanted, ready: counts.ready }
}

/** Jobs come and go: none, or one that failed, is as it should be. `desired` counts the unfinished, `ready` the pods that run. */
function judgeExecutions(executions: readonly DesiredExecution[], { active }: ReplicaCounts): ComponentHealth {
  const count = (finished: DesiredExecution['finished']): number => executions.filter((item) => item.finished === finished).length
  const unfinished = count(undefined)
  const message = `Jobs: ${unfinished} unfinished, ${count('Complete')} complete, ${count('Failed')} failed`
  return { healthy: true, message, desired: unfinished, ready: active }
}

/** Health of every applied component of the environment. */
export function judgeComponents(state: ControlState, readiness: Readiness): ReadonlyMap<ComponentKey, ComponentHealth> {
  const replicas = new Map<ComponentKey, ObservedReplica[]>()
  for (const replica of state.observed?.replicas ?? []) {
    if (readiness.standby.has(replica.id)) continue
    const list = replicas.get(replica.component)
    if (list === undefined) replicas.set(replica.component, [replica])
    else list.push(replica)
  }
  const result = new Map<ComponentKey, ComponentHealth>()
  for (const app of state.apps.values()) {
    for (const [key, { component }] of app.applied) {
      if (component.run.type !== 'not-simulated') continue
      result.set(key, { healthy: true, message: `not simulated: ${component.run.why}`, desired: 0, ready: 0 })
    }
  }
  for (const desired of state.desired.revisions) {
    const key = desired.revision.component
    result.set(key, judgeHealth(desired, countReplicas(desired, replicas.get(key) ?? [], readiness)))
  }
  return result
}

/** Key of the annotation that reports a component healthy whatever happens. Source: KubeVela, labels.go. */
const DISABLE_HEALTH_CHECK = 'app.oam.dev/disable-health-check'

export function ignoresHealth(component: Component): boolean {
  const value = component.annotations[DISABLE_HEALTH_CHECK]
  return value !== undefined && value !== 'false'
}

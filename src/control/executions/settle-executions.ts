import type { Instant } from '../../kernel/instant.ts'
import type { Component } from '../../model/component.ts'
import type { ComponentKey } from '../../model/names.ts'
import type { ObservedReplica } from '../../model/observed.ts'
import { judgeFailure, judgeJob } from '../../plan/reconcile/job-state.ts'
import { appliedComponents } from '../find-component.ts'
import type { ControlState, Execution, Executions } from '../state.ts'
import { isRunAgain, replicasByExecution } from './executions.ts'

/**
 * Notes which executions have come to their end, so that none is run again even when nothing is left to see of it, and forgets those of
 * components that are gone. The same state is returned where nothing changed.
 */
export function settleExecutions(state: ControlState): ControlState {
  if (state.executions.size === 0 || state.observed === undefined) return state
  const applied = appliedComponents(state)
  const settled = new Map<ComponentKey, Executions>()
  let changed = false
  for (const [key, executions] of state.executions) {
    const component = applied.get(key)?.component
    if (component === undefined || !isRunAgain(component)) {
      changed = true
      continue
    }
    const list = settleAll(executions.list, component, state)
    if (list !== executions.list) changed = true
    settled.set(key, list === executions.list ? executions : { ...executions, list })
  }
  return changed ? { ...state, executions: settled } : state
}

function settleAll(list: readonly Execution[], component: Component, state: ControlState): readonly Execution[] {
  if (list.every(({ finished }) => finished !== undefined)) return list
  const replicas = replicasByExecution(component.key, state)
  let changed = false
  const settled = list.map((execution) => {
    const seen = replicas.get(execution.number)
    if (execution.finished !== undefined || seen === undefined) return execution
    const end = endOf(seen, state.revisions.get(execution.revision)?.spec ?? component)
    if (end === undefined) return execution
    changed = true
    return { ...execution, ...end }
  })
  return changed ? settled : list
}

function endOf(replicas: readonly ObservedReplica[], spec: Component): Pick<Execution, 'finished' | 'finishedAt'> | undefined {
  if (spec.run.type !== 'to-completion') return undefined
  const job = judgeJob(spec, replicas)
  if (job.succeeded.length >= spec.run.completions) return { finished: 'Complete', finishedAt: latest(job.succeeded) }
  if (judgeFailure(job, spec.run).failed) return { finished: 'Failed', finishedAt: latest(job.failed) }
  return undefined
}

function latest(replicas: readonly ObservedReplica[]): Instant {
  return Math.max(...replicas.map(({ since }) => since)) as Instant
}

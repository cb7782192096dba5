import type { Component } from '../../model/component.ts'
import { type DesiredExecution, executionOf, type Revision } from '../../model/desired.ts'
import type { ComponentKey } from '../../model/names.ts'
import type { ObservedReplica } from '../../model/observed.ts'
import type { ControlState, Executions } from '../state.ts'

export const NO_EXECUTIONS: Executions = { next: 0, list: [] }

/** Whether the component is run again and again, instead of having replicas. */
export function isRunAgain({ scale }: Pick<Component, 'scale'>): boolean {
  return scale.jobs !== undefined
}

/** Its replicas by the number of their execution. */
export function replicasByExecution(key: ComponentKey, state: ControlState): ReadonlyMap<number, readonly ObservedReplica[]> {
  const by = new Map<number, ObservedReplica[]>()
  for (const replica of state.observed?.replicas ?? []) {
    if (replica.component !== key) continue
    const number = executionOf(replica.ordinal)
    const list = by.get(number)
    if (list === undefined) by.set(number, [replica])
    else list.push(replica)
  }
  return by
}

/** What the planner is told; an execution whose revision is not known any more is run as the component is now. */
export function desiredExecutions({ list }: Executions, current: Revision, state: ControlState): readonly DesiredExecution[] {
  return list.map(({ number, revision, finished }) => ({
    number,
    revision: state.revisions.get(revision) ?? current,
    ...(finished === undefined ? {} : { finished }),
  }))
}

/** Revisions that unfinished executions still run. */
export function runningRevisions({ executions, revisions }: ControlState): readonly Revision[] {
  const running = [...executions.values()].flatMap(({ list }) => list.filter(({ finished }) => finished === undefined))
  return running.flatMap(({ revision }) => revisions.get(revision) ?? [])
}

import type { Component } from '../../model/component.ts'
import type { ObservedReplica } from '../../model/observed.ts'
import type { JobPodView, JobView } from '../../scaling/jobs/job-view.ts'
import { NO_EXECUTIONS, replicasByExecution } from '../executions/executions.ts'
import { judge, type Readiness } from '../readiness.ts'
import type { ControlState } from '../state.ts'

/** Generations are told apart here, not counted: 1 is the one of now. */
export const CURRENT_GENERATION = 1

/** An execution as KEDA looks at a job; the name is its number. */
export function jobViews(component: Component, state: ControlState): readonly JobView[] {
  const replicas = replicasByExecution(component.key, state)
  const readiness = judge(state)
  const { list } = state.executions.get(component.key) ?? NO_EXECUTIONS
  return list.map(({ number, generation, finished, finishedAt }) => ({
    name: String(number),
    generation: generation === component.scale.jobs?.generation ? CURRENT_GENERATION : 0,
    pods: (replicas.get(number) ?? []).map((replica) => podView(replica, readiness)),
    ...(finished === undefined ? {} : { finished }),
    ...(finishedAt === undefined ? {} : { finishedAtMs: finishedAt }),
  }))
}

function podView(replica: ObservedReplica, { ready }: Readiness): JobPodView {
  switch (replica.phase) {
    case 'created':
    case 'starting':
      return { phase: 'Pending', trueConditions: ['PodScheduled'] }
    case 'running': {
      const conditions = ['PodScheduled', 'Initialized']
      return { phase: 'Running', trueConditions: ready.has(replica.id) ? [...conditions, 'ContainersReady', 'Ready'] : conditions }
    }
    case 'exited': {
      const succeeded = replica.containers.every(({ role, exitCode }) => role === 'sidecar' || exitCode === 0)
      return { phase: succeeded && replica.containers.length > 0 ? 'Succeeded' : 'Failed', trueConditions: ['PodScheduled', 'Initialized'] }
    }
  }
}

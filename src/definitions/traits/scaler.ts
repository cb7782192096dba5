import { defineTrait } from '../define.ts'
import { problem } from '../problem.ts'
import { fields, integer, preset } from '../schema.ts'

/** A fixed number of replicas, or the first number where an autoscaler takes over. Source: KubeVela, scaler definition. */
export const scaler = defineTrait({
  kind: 'trait',
  type: 'scaler',
  simulation: { level: 'simulated' },
  conflictsWith: ['cpuscaler', 'hpa', 'keda-auto-scaler'],
  parameters: fields({ replicas: preset(integer({ min: 0 }), 1) }),
  apply: (draft, { replicas }, use) => {
    draft.scale({ min: replicas, max: replicas, initial: replicas }, use.at('replicas'))
    if (use.source.type.type.split('@')[0] !== 'task') return []
    const message = 'a job has a "count" instead of replicas; "scaler" has no effect on it'
    return [problem({ code: 'MP2207', severity: 'warning', message, origin: use.at('replicas') })]
  },
})

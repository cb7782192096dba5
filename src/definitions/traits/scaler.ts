import { defineTrait } from '../define.ts'
import type { UseContext } from '../definition.ts'
import { problem } from '../problem.ts'
import { fields, integer, preset } from '../schema.ts'

/** A fixed number of replicas, or the first number where an autoscaler takes over. Source: KubeVela, scaler definition. */
export const scaler = defineTrait({
  kind: 'trait',
  type: 'scaler',
  simulation: { level: 'simulated' },
  parameters: fields({ replicas: preset(integer({ min: 0 }), 1) }),
  apply: (draft, { replicas }, use) => {
    draft.scale(isScaled(use) ? { initial: replicas } : { min: replicas, max: replicas, initial: replicas }, use.at('replicas'))
    if (use.source.type.type.split('@')[0] !== 'task') return []
    const message = 'a job has a "count" instead of replicas; "scaler" has no effect on it'
    return [problem({ code: 'MP2207', severity: 'warning', message, origin: use.at('replicas') })]
  },
})

/** Whether something else decides the number once the component runs. */
function isScaled({ source, view }: UseContext): boolean {
  return (source.scaling?.uses ?? []).length > 0 || source.traits.some(({ type }) => view.find('trait', type)?.scales === true)
}

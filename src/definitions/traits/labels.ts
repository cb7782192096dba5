import { defineTrait } from '../define.ts'
import { map, nullable, text } from '../schema.ts'

/** Labels of the workload and its pods; null removes one. Source: KubeVela, labels definition. */
export const labels = defineTrait({
  kind: 'trait',
  type: 'labels',
  simulation: { level: 'simulated' },
  parameters: map(nullable(text())),
  apply: (draft, params, use) => {
    for (const [key, value] of Object.entries(params)) draft.label(key, value, use.at(key))
    return []
  },
})

/** Annotations of the workload and its pods; null removes one. Source: KubeVela, annotations definition. */
export const annotations = defineTrait({
  kind: 'trait',
  type: 'annotations',
  simulation: { level: 'simulated' },
  parameters: map(nullable(text())),
  apply: (draft, params, use) => {
    for (const [key, value] of Object.entries(params)) draft.annotation(key, value, use.at(key))
    return []
  },
})

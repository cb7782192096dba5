import { defineTrait } from '../define.ts'
import { applyHpa, placed } from '../scaling/apply-hpa.ts'
import { lowerBehavior } from '../scaling/behavior.ts'
import { lowerMetrics, metricsShape, resourceTrigger } from '../scaling/hpa-metrics.ts'
import { behaviorShape } from '../scaling/shapes.ts'
import { fields, integer, optional, preset, required, text } from '../schema.ts'

const scaleTargetRef = required(
  fields({ name: required(text()), apiVersion: preset(text(), 'apps/v1'), kind: preset(text(), 'Deployment') }),
)
const metadata = required(fields({ name: required(text()) }))
const minReplicas = preset(integer({ min: 1 }), 1)
const maxReplicas = required(integer({ min: 1 }))

/** Source: Kubernetes, SetDefaults_HorizontalPodAutoscaler: 80 % of the requested cpu when no metric is given. */
const DEFAULT_UTILISATION = 80

/** A HorizontalPodAutoscaler document. Source: Kubernetes, autoscaling/v2. */
export const horizontalPodAutoscaler = defineTrait({
  kind: 'trait',
  type: 'object/HorizontalPodAutoscaler',
  simulation: { level: 'simulated' },
  scales: true,
  parameters: fields({
    metadata,
    spec: required(
      fields({ scaleTargetRef, minReplicas, maxReplicas, metrics: preset(metricsShape, []), behavior: optional(behaviorShape) }),
    ),
  }),
  apply: (draft, { metadata: { name }, spec }, use) => {
    const lowered = lowerMetrics(spec.metrics, use.at('spec', 'metrics'))
    const rules = spec.behavior === undefined ? undefined : lowerBehavior(spec.behavior, use.at('spec', 'behavior'))
    const triggers = spec.metrics.length > 0 ? lowered.triggers : [utilisation(DEFAULT_UTILISATION, use.at('spec'))]
    const hpa = {
      name,
      min: placed(spec.minReplicas, use, 'spec', 'minReplicas'),
      max: placed(spec.maxReplicas, use, 'spec', 'maxReplicas'),
      triggers,
      ...(rules === undefined ? {} : { behavior: rules.behavior }),
    }
    return [...lowered.diagnostics, ...(rules?.diagnostics ?? []), ...applyHpa(draft, hpa, use)]
  },
})

/** The older form of the same. Source: Kubernetes, autoscaling/v1. */
export const olderAutoscaler = defineTrait({
  kind: 'trait',
  type: 'object/HorizontalPodAutoscaler-v1',
  simulation: { level: 'simulated' },
  scales: true,
  parameters: fields({
    metadata,
    spec: required(
      fields({
        scaleTargetRef,
        minReplicas,
        maxReplicas,
        targetCPUUtilizationPercentage: preset(integer({ min: 1 }), DEFAULT_UTILISATION),
      }),
    ),
  }),
  apply: (draft, { metadata: { name }, spec }, use) =>
    applyHpa(
      draft,
      {
        name,
        min: placed(spec.minReplicas, use, 'spec', 'minReplicas'),
        max: placed(spec.maxReplicas, use, 'spec', 'maxReplicas'),
        triggers: [utilisation(spec.targetCPUUtilizationPercentage, use.at('spec', 'targetCPUUtilizationPercentage'))],
      },
      use,
    ),
})

function utilisation(value: number, origin: Parameters<typeof resourceTrigger>[0]['origin']) {
  return resourceTrigger({ index: 0, resource: 'cpu', metricType: 'Utilization', value, origin })
}

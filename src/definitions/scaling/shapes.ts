import {
  anyOf,
  anything,
  decimal,
  fields,
  flag,
  integer,
  list,
  map,
  oneOf,
  optional,
  preset,
  required,
  text,
  type YieldOf,
} from '../schema.ts'

/** The list of triggers of a ScaledObject. Source: KEDA, ScaleTriggers. */
export const triggersShape = list(
  fields({
    type: required(text()),
    name: optional(text()),
    metadata: preset(map(anything()), {}),
    metricType: optional(text({ examples: ['AverageValue', 'Value'] })),
    useCachedMetrics: preset(flag(), false),
    authenticationRef: optional(
      fields({
        name: required(text()),
        kind: preset(oneOf('TriggerAuthentication', 'ClusterTriggerAuthentication'), 'TriggerAuthentication'),
      }),
    ),
  }),
)
export type TriggersWritten = YieldOf<typeof triggersShape>

/** A quantity of Kubernetes, as text or as a plain number. */
export const quantityShape = anyOf(
  text({
    pattern: { regex: /^\+?(\d+(\.\d*)?|\.\d+)((n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?|[eE][+-]?\d+)$/, says: 'a quantity such as "500m"' },
    examples: ['500m', '2'],
  }),
  decimal({ min: 0 }),
)

const policyShape = fields({
  type: required(oneOf('Pods', 'Percent')),
  value: required(integer({ min: 1 })),
  periodSeconds: required(integer({ min: 1, max: 1800 })),
})

const rulesShape = fields({
  stabilizationWindowSeconds: optional(integer({ min: 0, max: 3600 })),
  selectPolicy: optional(oneOf('Max', 'Min', 'Disabled')),
  policies: optional(list(policyShape)),
  tolerance: optional(quantityShape),
})

/** Source: Kubernetes, autoscaling/v2 HorizontalPodAutoscalerBehavior and its validation. */
export const behaviorShape = fields({ scaleUp: optional(rulesShape), scaleDown: optional(rulesShape) })
export type BehaviorWritten = YieldOf<typeof behaviorShape>

/** What a scaler names as its target; the component was found by it before. */
export const scaledObjectTarget = fields({
  name: required(text()),
  apiVersion: preset(text(), 'apps/v1'),
  kind: preset(text(), 'Deployment'),
  envSourceContainerName: optional(text()),
})

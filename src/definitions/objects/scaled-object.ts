import { defineTrait } from '../define.ts'
import { applyScaledObject } from '../scaling/apply-scaled-object.ts'
import { behaviorShape, scaledObjectTarget, triggersShape } from '../scaling/shapes.ts'
import { approximated, fields, flag, integer, map, notSimulated, oneOf, optional, preset, required, text } from '../schema.ts'

/** A number as text: the field of the object is one. */
const numberText = text({ examples: ['2', '3'] })

const spec = fields({
  scaleTargetRef: required(scaledObjectTarget),
  pollingInterval: optional(integer({ min: 1 })),
  cooldownPeriod: optional(integer({ min: 0 })),
  initialCooldownPeriod: optional(integer({ min: 0 })),
  idleReplicaCount: optional(integer({ min: 0 })),
  minReplicaCount: optional(integer({ min: 0 })),
  maxReplicaCount: optional(integer({ min: 1 })),
  fallback: optional(
    fields({
      failureThreshold: required(integer({ min: 0 })),
      replicas: required(integer({ min: 0 })),
      behavior: preset(
        oneOf('static', 'currentReplicas', 'currentReplicasIfHigher', 'currentReplicasIfLower', 'scalingModifiers'),
        'static',
      ),
    }),
  ),
  advanced: optional(
    fields({
      restoreToOriginalReplicaCount: optional(flag(), notSimulated('removing a ScaledObject here gives the component its own number back')),
      horizontalPodAutoscalerConfig: optional(
        fields({ name: optional(text(), approximated('no HorizontalPodAutoscaler object is made')), behavior: optional(behaviorShape) }),
      ),
      scalingModifiers: optional(
        fields({
          formula: optional(text()),
          target: optional(numberText),
          activationTarget: optional(numberText),
          metricType: preset(oneOf('AverageValue', 'Value'), 'AverageValue'),
        }),
      ),
    }),
  ),
  triggers: required(triggersShape),
})

/** A ScaledObject document, bound to the component that its target names. Source: KEDA, apis/keda/v1alpha1/scaledobject_types.go. */
export const scaledObject = defineTrait({
  kind: 'trait',
  type: 'object/ScaledObject',
  simulation: { level: 'simulated' },
  scales: true,
  parameters: fields({
    metadata: required(fields({ name: required(text()), annotations: preset(map(text()), {}) })),
    spec: required(spec),
  }),
  apply: (draft, { metadata, spec: written }, use) =>
    applyScaledObject(draft, written, {
      use,
      name: metadata.name,
      annotations: metadata.annotations,
      origin: use.at('spec'),
      oldMetricType: false,
    }),
})

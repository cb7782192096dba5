import { triggersShape } from '../scaling/shapes.ts'
import { anything, fields, flag, integer, list, notSimulated, oneOf, optional, preset, required, text, type YieldOf } from '../schema.ts'
import { podTemplateShape } from './pod-shape.ts'

const uncounted = notSimulated('the pods of a job are counted together, without indices and rules for single failures')

/** Source: Kubernetes, batch/v1 JobSpec. */
const jobShape = fields({
  template: required(podTemplateShape),
  parallelism: preset(integer({ min: 0 }), 1),
  completions: optional(integer({ min: 1 })),
  backoffLimit: preset(integer({ min: 0 }), 6),
  activeDeadlineSeconds: optional(integer({ min: 1 }), notSimulated('a job has no deadline')),
  ttlSecondsAfterFinished: optional(integer({ min: 0 }), notSimulated('the history limits say how long a finished job stays')),
  suspend: optional(flag(), notSimulated('a job starts at once')),
  completionMode: optional(text(), uncounted),
  backoffLimitPerIndex: optional(integer(), uncounted),
  maxFailedIndexes: optional(integer(), uncounted),
  podFailurePolicy: optional(anything(), uncounted),
  successPolicy: optional(anything(), uncounted),
  podReplacementPolicy: optional(text(), uncounted),
  selector: optional(anything(), notSimulated('a job finds its pods by itself')),
  manualSelector: optional(flag(), notSimulated('a job finds its pods by itself')),
  managedBy: optional(text(), notSimulated('there is no other controller')),
})

/** Source: KEDA, apis/keda/v1alpha1/scaledjob_types.go. */
export const scaledJobShape = fields({
  jobTargetRef: required(jobShape),
  pollingInterval: preset(integer({ min: 1 }), 30),
  successfulJobsHistoryLimit: preset(integer({ min: 0 }), 100),
  failedJobsHistoryLimit: preset(integer({ min: 0 }), 100),
  envSourceContainerName: optional(text()),
  minReplicaCount: optional(integer({ min: 0 })),
  maxReplicaCount: optional(integer({ min: 0 })),
  rolloutStrategy: optional(oneOf('default', 'immediate', 'gradual')),
  rollout: optional(
    fields({
      strategy: optional(oneOf('default', 'immediate', 'gradual')),
      propagationPolicy: optional(oneOf('background', 'foreground')),
    }),
  ),
  scalingStrategy: preset(
    fields({
      strategy: preset(oneOf('default', 'custom', 'accurate', 'eager'), 'default'),
      customScalingQueueLengthDeduction: optional(integer()),
      customScalingRunningJobPercentage: optional(text()),
      pendingPodConditions: optional(list(text())),
      multipleScalersCalculation: preset(oneOf('max', 'min', 'avg', 'sum'), 'max'),
    }),
    { strategy: 'default', multipleScalersCalculation: 'max' },
  ),
  triggers: required(triggersShape),
})
export type ScaledJobWritten = YieldOf<typeof scaledJobShape>

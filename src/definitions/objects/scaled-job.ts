import { type Diagnostic, within } from '../../kernel/diagnostic.ts'
import { hashValue } from '../../kernel/hash.ts'
import type { JobPolicy, ScalePolicy } from '../../model/scale-policy.ts'
import { defineComponentType } from '../define.ts'
import type { UseContext } from '../definition.ts'
import type { ComponentDraft } from '../draft.ts'
import { problem } from '../problem.ts'
import { lowerTriggers } from '../scaling/lower-triggers.ts'
import { triggersShape } from '../scaling/shapes.ts'
import {
  anything,
  fields,
  flag,
  integer,
  list,
  map,
  notSimulated,
  oneOf,
  optional,
  preset,
  required,
  text,
  type YieldOf,
} from '../schema.ts'
import { buildPod } from './build-pod.ts'
import { checkScaledJob } from './check-scaled-job.ts'
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
const spec = fields({
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
type ScaledJobWritten = YieldOf<typeof spec>

/** Source: KEDA, scaledjob_types.go. */
const DEFAULT_MAX = 100

/** A ScaledJob document: a component of its own, of which jobs are created. */
export const scaledJob = defineComponentType({
  kind: 'component',
  type: 'object/ScaledJob',
  simulation: { level: 'simulated' },
  workload: 'Job',
  parameters: fields({
    metadata: required(fields({ name: required(text()), annotations: preset(map(text()), {}) })),
    spec: required(spec),
  }),
  build: (draft, { metadata, spec: written }, use) => [
    ...buildPod(draft, written.jobTargetRef.template.spec, use.at('spec', 'jobTargetRef', 'template', 'spec')),
    ...buildJob(draft, written, use),
    ...applyPolicy(draft, written, { use, name: metadata.name, annotations: metadata.annotations }),
    ...checkScaledJob(written, use.at('spec')),
  ],
})

function buildJob(draft: ComponentDraft, { jobTargetRef: job }: ScaledJobWritten, use: UseContext): readonly Diagnostic[] {
  const at = use.at('spec', 'jobTargetRef')
  const { labels = {}, annotations = {} } = job.template.metadata ?? {}
  for (const [key, value] of Object.entries(labels)) draft.label(key, value, within(at, 'template', 'metadata', 'labels', key))
  for (const [key, value] of Object.entries(annotations))
    draft.annotation(key, value, within(at, 'template', 'metadata', 'annotations', key))
  const { parallelism, backoffLimit } = job
  // Without completions, Kubernetes starts no pod after the first success and waits for those that run: here each of them succeeds.
  const completions = job.completions ?? Math.max(1, parallelism)
  draft.run(
    {
      type: 'to-completion',
      parallelism,
      completions,
      backoffLimit,
      restart: job.template.spec.restartPolicy === 'OnFailure' ? 'on-failure' : 'never',
    },
    at,
  )
  if (completions + backoffLimit + parallelism <= MAX_PODS) return []
  const message = `a job of ${completions} completions and ${backoffLimit} retries is too large: at most ${MAX_PODS} pods together with those that run at once`
  return [problem({ code: 'MP2531', severity: 'error', message, origin: within(at, 'completions') })]
}

/** Pods of one job have ordinals of their own, a thousand for each. */
const MAX_PODS = 1000

function applyPolicy(
  draft: ComponentDraft,
  written: ScaledJobWritten,
  { use, name, annotations }: { readonly use: UseContext; readonly name: string; readonly annotations: Readonly<Record<string, string>> },
): readonly Diagnostic[] {
  const { envSourceContainerName: envContainer, minReplicaCount, maxReplicaCount, rollout, rolloutStrategy } = written
  const origin = use.at('spec')
  const lowered = lowerTriggers(draft, written.triggers, {
    use,
    origin: within(origin, 'triggers'),
    composed: false,
    oldMetricType: false,
    ...(envContainer === undefined || envContainer === '' ? {} : { envContainer }),
  })
  const put = (patch: Partial<ScalePolicy>, ...path: readonly string[]): void => draft.scale(patch, within(origin, ...path))
  const jobs: JobPolicy = {
    scalingStrategy: written.scalingStrategy,
    successfulJobsHistoryLimit: written.successfulJobsHistoryLimit,
    failedJobsHistoryLimit: written.failedJobsHistoryLimit,
    generation: hashValue(written),
    ...(minReplicaCount === undefined ? {} : { minReplicaCount }),
    ...(maxReplicaCount === undefined ? {} : { maxReplicaCount }),
    ...(rollout === undefined ? {} : { rollout }),
    ...(rolloutStrategy === undefined ? {} : { rolloutStrategy }),
  }
  put({ by: 'keda', name, origin, initial: 0, jobs })
  put({ min: minReplicaCount ?? 0 }, 'minReplicaCount')
  put({ max: maxReplicaCount ?? DEFAULT_MAX }, 'maxReplicaCount')
  put({ pollMs: written.pollingInterval * 1000 }, 'pollingInterval')
  put({ triggers: lowered.triggers }, 'triggers')
  if (Object.keys(annotations).length > 0) put({ annotations })
  return lowered.diagnostics
}

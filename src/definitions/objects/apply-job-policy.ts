import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import { hashValue } from '../../kernel/hash.ts'
import type { JobPolicy, ScalePolicy } from '../../model/scale-policy.ts'
import type { UseContext } from '../definition.ts'
import type { ComponentDraft } from '../draft.ts'
import { lowerTriggers } from '../scaling/lower-triggers.ts'
import type { ScaledJobWritten } from './scaled-job-shape.ts'

/** Source: KEDA, scaledjob_types.go. */
const DEFAULT_MAX = 100

/** Puts what decides about jobs on the component, each part with its place. */
export function applyJobPolicy(
  draft: ComponentDraft,
  written: ScaledJobWritten,
  { use, name, annotations }: { readonly use: UseContext; readonly name: string; readonly annotations: Readonly<Record<string, string>> },
): readonly Diagnostic[] {
  const { envSourceContainerName: envContainer, minReplicaCount, maxReplicaCount, rollout, rolloutStrategy } = written
  const origin: Origin = use.at('spec')
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

import { type Diagnostic, within } from '../../kernel/diagnostic.ts'
import { defineComponentType } from '../define.ts'
import type { UseContext } from '../definition.ts'
import type { ComponentDraft } from '../draft.ts'
import { problem } from '../problem.ts'
import { fields, map, preset, required, text } from '../schema.ts'
import { applyJobPolicy } from './apply-job-policy.ts'
import { buildPod } from './build-pod.ts'
import { checkScaledJob } from './check-scaled-job.ts'
import { type ScaledJobWritten, scaledJobShape } from './scaled-job-shape.ts'

/** A ScaledJob document: a component of its own, of which jobs are created. */
export const scaledJob = defineComponentType({
  kind: 'component',
  type: 'object/ScaledJob',
  simulation: { level: 'simulated' },
  workload: 'Job',
  parameters: fields({
    metadata: required(fields({ name: required(text()), annotations: preset(map(text()), {}) })),
    spec: required(scaledJobShape),
  }),
  build: (draft, { metadata, spec: written }, use) => [
    ...buildPod(draft, written.jobTargetRef.template.spec, use.at('spec', 'jobTargetRef', 'template', 'spec')),
    ...buildJob(draft, written, use),
    ...applyJobPolicy(draft, written, { use, name: metadata.name, annotations: metadata.annotations }),
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

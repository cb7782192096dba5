import { defineComponentType } from '../define.ts'
import { fields, ineffective, integer, map, oneOf, optional, preset, text } from '../schema.ts'
import { plainProbe } from '../shapes/probes.ts'
import { buildContainer, containerFields } from './container.ts'

/** Source: Kubernetes, JobSpec.backoffLimit. */
const BACKOFF_LIMIT = 6

const unrendered = ineffective('accepted by KubeVela, but not part of the job it renders')

/** Parameters of task and cron-task. Source: KubeVela, task definition. */
export const jobFields = {
  ...containerFields,
  labels: optional(map(text())),
  annotations: optional(map(text())),
  count: preset(integer({ min: 0 }), 1),
  restart: preset(oneOf('Never', 'OnFailure'), 'Never'),
  livenessProbe: optional(plainProbe, unrendered),
  readinessProbe: optional(plainProbe, unrendered),
}

/** A Job: `count` pods at once, each to success. */
export const task = defineComponentType({
  kind: 'component',
  type: 'task',
  simulation: { level: 'simulated' },
  workload: 'Job',
  parameters: fields(jobFields),
  build: (draft, params, use) => {
    buildContainer(draft, params, use)
    for (const [key, value] of Object.entries(params.labels ?? {})) draft.label(key, value, use.at('labels', key))
    for (const [key, value] of Object.entries(params.annotations ?? {})) draft.annotation(key, value, use.at('annotations', key))
    draft.run(
      {
        type: 'to-completion',
        parallelism: params.count,
        completions: params.count,
        backoffLimit: BACKOFF_LIMIT,
        restart: params.restart === 'OnFailure' ? 'on-failure' : 'never',
      },
      use.at('count'),
    )
    return []
  },
})

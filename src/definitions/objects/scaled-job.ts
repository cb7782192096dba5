import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import type { TriggerAuthentication } from '../../model/scale-policy.ts'
import type { DefinitionView } from '../definition.ts'
import { parseParameters } from '../parameters.ts'
import { NOT_SIMULATED, problem } from '../problem.ts'
import { triggersShape } from '../scaling/shapes.ts'
import { anything, fields, integer, list, map, oneOf, optional, preset, required, text } from '../schema.ts'
import { lowerTrigger } from '../triggers/lower-trigger.ts'

/** Source: KEDA, apis/keda/v1alpha1/scaledjob_types.go. */
const scaledJobShape = fields({
  jobTargetRef: required(map(anything())),
  pollingInterval: preset(integer({ min: 1 }), 30),
  successfulJobsHistoryLimit: preset(integer({ min: 0 }), 100),
  failedJobsHistoryLimit: preset(integer({ min: 0 }), 100),
  envSourceContainerName: optional(text()),
  minReplicaCount: preset(integer({ min: 0 }), 0),
  maxReplicaCount: optional(integer({ min: 0 })),
  rolloutStrategy: optional(oneOf('default', 'immediate', 'gradual')),
  rollout: optional(
    fields({
      strategy: optional(oneOf('default', 'immediate', 'gradual')),
      propagationPolicy: optional(oneOf('background', 'foreground')),
    }),
  ),
  scalingStrategy: optional(
    fields({
      strategy: preset(oneOf('default', 'custom', 'accurate', 'eager'), 'default'),
      customScalingQueueLengthDeduction: optional(integer()),
      customScalingRunningJobPercentage: optional(text()),
      pendingPodConditions: optional(list(text())),
      multipleScalersCalculation: preset(oneOf('max', 'min', 'avg', 'sum'), 'max'),
    }),
  ),
  triggers: required(triggersShape),
})

interface Named {
  readonly name: string
  readonly namespace: string
  readonly origin: Origin
  readonly view: DefinitionView
  readonly authentications: readonly TriggerAuthentication[]
}

/** Why a ScaledJob starts nothing, for notes. */
export const SCALED_JOB_WHY = 'jobs of a ScaledJob are not started yet'

/** Everything wrong with a ScaledJob; it is checked and listed, and nothing is started. */
export function checkScaledJob(spec: unknown, { name, namespace, origin, view, authentications }: Named): readonly Diagnostic[] {
  const place = within(origin, 'spec')
  const outcome = parseParameters(scaledJobShape, spec, place)
  const message = `ScaledJob "${name}" is not simulated: ${SCALED_JOB_WHY}`
  const known = problem({ code: NOT_SIMULATED, severity: 'note', message, origin: within(origin, 'kind') })
  if (!outcome.ok) return [...outcome.diagnostics, known]
  const { triggers } = outcome.value
  const context = { view, component: { name, namespace }, authentications, composed: false, oldMetricType: false }
  const found = triggers.flatMap((trigger, index) => [
    ...lowerTrigger(trigger, { ...context, index, origin: within(place, 'triggers', index) }).diagnostics,
  ])
  const none = triggers.length > 0 ? [] : [noTriggers(within(place, 'triggers'))]
  return [...outcome.diagnostics, ...found.filter(({ code }) => code !== 'MP2507'), ...none, known]
}

function noTriggers(origin: Origin): Diagnostic {
  return problem({ code: 'MP2519', severity: 'error', message: 'no triggers defined in the ScaledJob', origin })
}

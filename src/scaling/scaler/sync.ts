import type { TriggerReading } from '../../model/meter.ts'
import type { ScaleTrigger } from '../../model/scale-policy.ts'
import type { HpaPod } from '../hpa/group-pods.ts'
import { type HpaMetric, metricLabel, type ResourceMetric, type TotalMetric } from '../hpa/metric.ts'
import { syncHpa } from '../hpa/sync-hpa.ts'
import type { HpaProposal, HpaSpec, HpaSyncResult } from '../hpa/sync-record.ts'
import { fallbackValue } from '../keda/fallback.ts'
import { hpaBounds } from '../keda/hpa-bounds.ts'
import { pauseState } from '../keda/pause-state.ts'
import { metricQuantity } from '../keda/quantity.ts'
import { readResource } from './resource-reading.ts'
import type { ScaleCondition, ScalerDecision, ScalerInput } from './scaler-types.ts'
import { countFailures } from './trigger-health.ts'

/** The HPA's sync: from 1 to the maximum. Every 15 s. While everything is paused there is no HPA, so that nothing changes. */
export function syncScaler(input: ScalerInput): ScalerDecision {
  const { policy, state, replicas, statusReplicas, nowMs } = input
  if (isPaused(input)) return standStill(input)
  const { failures, inFallback } = countFailures(policy, input.readings, state.failures)
  const metrics = policy.triggers.flatMap((trigger) => metricsOf(trigger, input, inFallback))
  const result = syncHpa({
    spec: specOf(input),
    specReplicas: replicas,
    statusReplicas,
    pods: input.pods.map(podOf),
    metrics,
    state: state.hpa,
    nowMs,
    ...(input.explain === undefined ? {} : { explain: input.explain }),
  })
  const limitedBy = limitOf(result)
  return {
    replicas: result.replicas,
    state: { ...state, failures, hpa: result.state },
    trail: result.trail,
    conditions: result.conditions.map(conditionOf),
    active: [],
    proposals: proposalsOf(result.proposals, metrics, policy.triggers),
    ...(limitedBy === undefined ? {} : { limitedBy }),
  }
}

function isPaused({ policy }: ScalerInput): boolean {
  return policy.by !== 'hpa' && policy.annotations !== undefined && pauseState({ annotations: policy.annotations }).paused
}

function standStill({ state, replicas }: ScalerInput): ScalerDecision {
  const because = 'paused by annotation: there is no HPA meanwhile'
  const trail = [{ stage: 'paused', from: replicas, to: replicas, because }] as const
  return { replicas, state: { ...state, hpa: {} }, trail, conditions: [], active: [], proposals: [], limitedBy: 'paused' }
}

function specOf({ policy }: ScalerInput): HpaSpec {
  const { min, max, behavior, annotations } = policy
  const own = behavior === undefined ? {} : { behavior }
  if (policy.by === 'hpa') return { minReplicas: min, maxReplicas: max, ...own }
  return hpaBounds({ minReplicaCount: min, maxReplicaCount: max, ...own, ...(annotations === undefined ? {} : { annotations }) })
}

function podOf(pod: ScalerInput['pods'][number]): HpaPod {
  const { name, phase, ready, deleting, startedAtMs, readyChangedAtMs } = pod
  return { name, phase, ready, deleting, startedAtMs, readyTransitionAtMs: readyChangedAtMs ?? startedAtMs }
}

/** The metrics that one trigger becomes: several where an external scaler has several. */
function metricsOf(trigger: ScaleTrigger, input: ScalerInput, inFallback: ReadonlySet<string>): readonly HpaMetric[] {
  if (trigger.from.by === 'engine') return [resourceMetric(trigger, trigger.from, input)]
  let reading: TriggerReading | undefined
  for (const candidate of input.readings) if (candidate.trigger === trigger.name) reading = candidate
  if (reading?.metrics !== undefined && reading.error === undefined) {
    return reading.metrics.map(({ name, value, target }) => total(trigger, name, target, { value: quantity(value) }))
  }
  if (trigger.type === 'pods') return [podsMetric(trigger, input, reading)]
  return [total(trigger, trigger.name, trigger.target, totalReading(trigger, reading, input, inFallback))]
}

function total(trigger: ScaleTrigger, name: string, target: number, reading: TotalMetric['reading']): TotalMetric {
  return { type: 'External', name, target: trigger.metricType === 'Value' ? { value: target } : { averageValue: target }, reading }
}

function totalReading(
  trigger: ScaleTrigger,
  reading: TriggerReading | undefined,
  input: ScalerInput,
  inFallback: ReadonlySet<string>,
): TotalMetric['reading'] {
  if (reading?.value !== undefined && reading.error === undefined) return { value: quantity(reading.value) }
  const error = reading?.error ?? 'it was not read'
  const { fallback } = input.policy
  if (fallback === undefined || !inFallback.has(trigger.name)) return { error }
  const substitute = fallbackValue({
    fallback,
    metricType: trigger.metricType,
    target: trigger.target,
    currentReplicas: input.replicas,
    readyReplicas: input.pods.filter(({ phase, ready }) => phase === 'Running' && ready).length,
  })
  return substitute.ok ? { value: substitute.quantityMilli / 1000 } : { error: `${error}; ${substitute.error}` }
}

/** As KEDA serves it. */
function quantity(value: number): number {
  return metricQuantity({ value }).quantityMilli / 1000
}

function resourceMetric(
  trigger: ScaleTrigger,
  { resource, container }: Extract<ScaleTrigger['from'], { by: 'engine' }>,
  input: ScalerInput,
): ResourceMetric {
  const target =
    trigger.metricType === 'Utilization' ? { averageUtilization: trigger.target } : { averageValueMilli: milliOf(resource, trigger.target) }
  const reading = readResource(resource, container, input)
  if (container === undefined) return { type: 'Resource', name: resource, target, reading }
  return { type: 'ContainerResource', name: resource, container, target, reading }
}

/** Targets are millicores or bytes; the HPA counts in thousandths. */
function milliOf(resource: 'cpu' | 'memory', target: number): number {
  return resource === 'cpu' ? target : target * 1000
}

/** A metric of the pods: what is set by hand is the same for each of them. */
function podsMetric(trigger: ScaleTrigger, { pods }: ScalerInput, reading: TriggerReading | undefined): HpaMetric {
  const { name, target } = trigger
  const value = reading?.value
  if (value === undefined)
    return { type: 'Pods', name, target: { averageValue: target }, reading: { error: reading?.error ?? 'it was not read' } }
  return {
    type: 'Pods',
    name,
    target: { averageValue: target },
    reading: { samples: Object.fromEntries(pods.map((pod) => [pod.name, { value }])) },
  }
}

function conditionOf({ type, status, reason, message }: HpaSyncResult['conditions'][number]): ScaleCondition {
  return { by: 'hpa', type, status, reason, message }
}

function limitOf({ conditions, rescale, proposals }: HpaSyncResult): ScalerDecision['limitedBy'] {
  const reasonOf = (type: string): string | undefined => conditions.find((condition) => condition.type === type)?.reason
  const limited = reasonOf('ScalingLimited')
  if (
    proposals.length > 0 &&
    conditions.some(({ type, status, reason }) => type === 'ScalingActive' && status === 'False' && reason !== 'ScalingDisabled')
  )
    return 'no-data'
  if (limited === 'TooFewReplicas') return 'min'
  if (limited === 'TooManyReplicas') return 'max'
  if (limited === 'ScaleUpLimit' || limited === 'ScaleDownLimit') return 'rate'
  const able = reasonOf('AbleToScale')
  return !rescale && (able === 'ScaleDownStabilized' || able === 'ScaleUpStabilized') ? 'stabilisation' : undefined
}

function proposalsOf(
  proposals: readonly HpaProposal[],
  metrics: readonly HpaMetric[],
  triggers: readonly ScaleTrigger[],
): ScalerDecision['proposals'] {
  return proposals.map((proposal, index) => {
    const metric = metrics[index]
    const trigger = triggers[index]
    return {
      metric: metric?.type === 'External' ? metric.name : (trigger?.name ?? (metric === undefined ? proposal.metric : metricLabel(metric))),
      target: trigger?.target ?? 0,
      ...comparedValue(proposal),
      ...(proposal.replicas === undefined ? { error: proposal.error } : { replicas: proposal.replicas }),
    }
  })
}

/** What was compared with the target: percent, an average, or the total. */
function comparedValue(proposal: HpaProposal): { readonly value?: number } {
  if ('utilization' in proposal) return { value: proposal.utilization }
  if ('value' in proposal && typeof proposal.value === 'number') return { value: proposal.value }
  return 'averageMilli' in proposal ? { value: proposal.averageMilli } : {}
}

import type { HpaPod } from '../hpa/group-pods.ts'
import { syncHpa } from '../hpa/sync-hpa.ts'
import type { HpaProposal, HpaSpec, HpaSyncResult } from '../hpa/sync-record.ts'
import { fallbackCondition } from '../keda/conditions.ts'
import { hpaBounds } from '../keda/hpa-bounds.ts'
import { pauseState } from '../keda/pause-state.ts'
import { hpaMetricsOf, type MetricLabel } from './hpa-metrics.ts'
import type { ScaleCondition, ScalerDecision, ScalerInput } from './scaler-types.ts'
import { isReplaced, type ServedTriggers, serveTriggers } from './serve-triggers.ts'

/** The HPA's sync: from 1 to the maximum. Every 15 s. While everything is paused there is no HPA, so that nothing changes. */
export function syncScaler(input: ScalerInput): ScalerDecision {
  const { state, replicas, statusReplicas, nowMs } = input
  if (isPaused(input)) return standStill(input)
  const served = serveTriggers(input)
  const { failures } = served
  const { metrics, labels } = hpaMetricsOf(input, served)
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
    conditions: [...askedOperator(input, served), ...result.conditions.map(conditionOf)],
    active: [],
    proposals: result.proposals.map((proposal, index) => shownProposal(proposal, labels[index])),
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

/** What the operator's metrics server notes when the HPA asks it: at 0 nobody asks. */
function askedOperator({ policy, replicas }: ScalerInput, { triggers }: ServedTriggers): readonly ScaleCondition[] {
  if (policy.fallback === undefined || replicas === 0) return []
  return [{ by: 'keda', ...fallbackCondition(triggers.some(isReplaced)) }]
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

function shownProposal(proposal: HpaProposal, label: MetricLabel | undefined): ScalerDecision['proposals'][number] {
  return {
    metric: label?.metric ?? proposal.metric,
    target: label?.target ?? 0,
    ...comparedValue(proposal),
    ...(proposal.replicas === undefined ? { error: proposal.error } : { replicas: proposal.replicas }),
  }
}

/** What was compared with the target: percent, the total, or the mean of the pods in thousandths. */
function comparedValue(proposal: HpaProposal): { readonly value?: number } {
  if (proposal.error !== undefined) return {}
  const { figures } = proposal
  if ('utilization' in figures) return { value: figures.utilization }
  return { value: 'value' in figures ? figures.value : figures.averageMilli }
}

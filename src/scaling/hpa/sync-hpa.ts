import { type CombineProposalsResult, combineProposals } from './combine-proposals.ts'
import { CONDITION_MESSAGES, type HpaConditionNews, withCondition } from './conditions.ts'
import { explainCorrection, explainDisabled, explainMetrics, explainNormalised } from './explain.ts'
import { metricLabel, proposeByMetric } from './metric.ts'
import { type Normalised, normalise } from './normalise.ts'
import { recordScaleEvent } from './scale-events.ts'
import type { HpaProposal, HpaState, HpaSyncInput, HpaSyncResult } from './sync-record.ts'
import { hpaTolerance } from './tolerance.ts'
import { hasTotalMetric, remembersZero, zeroRule } from './zero-rule.ts'

/**
 * One whole pass of the horizontal pod autoscaler over one target, as of Kubernetes 1.35 unless `controller.version` says
 * otherwise. At 0 replicas it is disabled; a size out of bounds is corrected at once, without metrics, stabilisation or limits;
 * else metrics propose, the largest wins, and it is stabilised and limited. The first pass logs the current size as a wish.
 *
 * kubernetes: pkg/controller/podautoscaler/horizontal.go (reconcileAutoscaler)
 */
export function syncHpa(input: HpaSyncInput): HpaSyncResult {
  const { spec, specReplicas: current } = input
  const state = started(input)
  const explained = input.explain !== 'none'
  const minReplicas = spec.minReplicas ?? 1
  const zero = current === 0 ? zeroRule(input, state) : undefined
  if (zero === 'disabled') {
    return finish({ input, state, news: [GET_SCALE, DISABLED], replicas: current, trail: explained ? explainDisabled() : [] })
  }
  if (zero === undefined && (current > spec.maxReplicas || current < minReplicas)) {
    const replicas = current > spec.maxReplicas ? spec.maxReplicas : minReplicas
    return finish({ input, state, news: [], replicas, trail: explained ? explainCorrection(current, spec.maxReplicas, replicas) : [] })
  }

  const proposals = propose(input)
  const combined = combineProposals({ currentReplicas: current, proposals })
  const metricTrail = explained ? explainMetrics({ sync: input, proposals, combined }) : []
  if (combined.replicas === undefined) {
    return finish({ input, state, news: [GET_SCALE, scalingActive(combined)], replicas: current, proposals, trail: metricTrail })
  }
  const normalised = normalise({ sync: input, state, minReplicas, desiredReplicas: combined.replicas })
  const replicas = zero === 'wake' ? Math.max(normalised.limit.replicas, minReplicas) : normalised.limit.replicas
  return finish({
    input,
    state,
    recommendations: normalised.recommendations,
    news: [ableToScale(normalised), scalingActive(combined), scalingLimited(normalised)],
    replicas,
    proposals,
    trail: explained ? metricTrail.concat(explainNormalised({ sync: input, normalised, replicas })) : [],
  })
}

const GET_SCALE: HpaConditionNews = {
  type: 'AbleToScale',
  status: 'True',
  reason: 'SucceededGetScale',
  message: CONDITION_MESSAGES.SucceededGetScale,
}

const DISABLED: HpaConditionNews = {
  type: 'ScalingActive',
  status: 'False',
  reason: 'ScalingDisabled',
  message: 'the target has 0 replicas, which switches this autoscaler off',
}

/** The state of the last pass; at the first one the current size counts as a wish, so that a restart shrinks nothing at once. */
function started({ state, specReplicas, nowMs }: HpaSyncInput): HpaState {
  const log = state?.recommendations
  return {
    recommendations: log === undefined || log.length === 0 ? [{ replicas: specReplicas, atMs: nowMs }] : log,
    upEvents: state?.upEvents ?? [],
    downEvents: state?.downEvents ?? [],
    conditions: state?.conditions ?? [],
    lastScaleAtMs: state?.lastScaleAtMs,
  }
}

function propose(input: HpaSyncInput): readonly HpaProposal[] {
  const { specReplicas, statusReplicas = specReplicas, pods = [], nowMs, controller, spec } = input
  const tolerance = hpaTolerance({ behavior: spec.behavior, tolerance: controller?.tolerance })
  const proposals: HpaProposal[] = []
  for (const metric of input.metrics) {
    const proposal = proposeByMetric({
      metric,
      specReplicas,
      statusReplicas,
      pods,
      tolerance,
      nowMs,
      cpuInitializationMs: controller?.cpuInitializationMs,
      initialReadinessDelayMs: controller?.initialReadinessDelayMs,
    })
    const name = metricLabel(metric)
    proposals.push(
      proposal.error === undefined
        ? { metric: name, replicas: proposal.replicas, figures: proposal }
        : { metric: name, error: proposal.error, reason: proposal.reason },
    )
  }
  return proposals
}

function scalingActive(combined: CombineProposalsResult): HpaConditionNews {
  const { replicas, metric, reason, error } = combined
  if (replicas !== undefined) {
    return { type: 'ScalingActive', status: 'True', reason, message: metric === undefined ? 'a size is known' : `${metric} gives a size` }
  }
  return { type: 'ScalingActive', status: 'False', reason, message: `no size is known: ${error ?? ''}` }
}

function ableToScale({ stabilised: { reason } }: Normalised): HpaConditionNews {
  return { type: 'AbleToScale', status: 'True', reason, message: CONDITION_MESSAGES[reason] }
}

function scalingLimited({ limit: { reason, limited } }: Normalised): HpaConditionNews {
  return { type: 'ScalingLimited', status: limited ? 'True' : 'False', reason, message: CONDITION_MESSAGES[reason] }
}

function finish(pass: {
  readonly input: HpaSyncInput
  readonly state: HpaState
  /** The log with the wish of this pass; absent when it made none. */
  readonly recommendations?: HpaState['recommendations']
  /** The first of them gives way to the news that the size was set. */
  readonly news: readonly HpaConditionNews[]
  readonly replicas: number
  readonly proposals?: readonly HpaProposal[]
  readonly trail: HpaSyncResult['trail']
}): HpaSyncResult {
  const { input, state, replicas, proposals = [], trail } = pass
  const { nowMs, specReplicas } = input
  const rescale = replicas !== specReplicas
  const recommendations = pass.recommendations ?? state.recommendations
  let { conditions, upEvents, downEvents, lastScaleAtMs } = state
  for (const news of rescale ? [rescaled(replicas), ...pass.news.slice(1), ...zeroNews(input, replicas)] : pass.news) {
    conditions = withCondition(conditions, news, nowMs)
  }
  if (rescale) {
    const { behavior } = input.spec
    const log = recordScaleEvent({ upEvents, downEvents, fromReplicas: specReplicas, toReplicas: replicas, behavior, nowMs })
    upEvents = log.upEvents
    downEvents = log.downEvents
    lastScaleAtMs = nowMs
  }
  return { replicas, rescale, state: { recommendations, upEvents, downEvents, conditions, lastScaleAtMs }, conditions, proposals, trail }
}

function rescaled(replicas: number): HpaConditionNews {
  return { type: 'AbleToScale', status: 'True', reason: 'SucceededRescale', message: `the size was set to ${replicas}` }
}

/** The condition that lets later passes wake the target, set with every change of size. */
function zeroNews(input: HpaSyncInput, replicas: number): readonly HpaConditionNews[] {
  if (!remembersZero(input)) return []
  const wentToZero = replicas === 0 && input.spec.minReplicas === 0 && hasTotalMetric(input)
  return wentToZero
    ? [{ type: 'ScaledToZero', status: 'True', reason: 'ScaledToZero', message: 'this autoscaler set the size to 0' }]
    : [{ type: 'ScaledToZero', status: 'False', reason: 'NotScaledToZero', message: 'this autoscaler did not set the size to 0' }]
}

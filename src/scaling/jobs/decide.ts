import { counted, plainNumber } from '../plain-number.ts'
import type { TrailEntry } from '../trail.ts'
import { type ScaledJobBoundsResult, scaledJobBounds } from './bounds.ts'
import { jobsToCleanUp } from './clean-up.ts'
import { pausedConditions, pollConditions, type ScaledJobCondition } from './conditions.ts'
import { countPendingJobs, countRunningJobs } from './counting.ts'
import type { JobView } from './job-view.ts'
import { type AggregateJobMetricsResult, aggregateJobMetrics, type MultipleScalersCalculation, scalerJobMetrics } from './metrics.ts'
import { scaledJobScale } from './scale.ts'

/** What one trigger of a ScaledJob read at this poll. */
export interface JobTriggerReading {
  readonly name: string
  /** KEDA's type of the trigger; `cpu` and `memory` have no part in a ScaledJob. */
  readonly type?: string
  /** The value in the metric's unit; NaN, infinite and negative values count as 0. Absent together with `error`. */
  readonly value?: number
  /** `averageValue` of the metric's target, in the metric's unit. */
  readonly targetAverageValue: number
  /** The scaler's own judgement, its value being above its activation threshold. */
  readonly active?: boolean
  readonly error?: string
}

export interface ScaledJobScalingStrategy {
  readonly strategy?: string
  readonly customScalingQueueLengthDeduction?: number
  readonly customScalingRunningJobPercentage?: string
  readonly pendingPodConditions?: readonly string[]
  readonly multipleScalersCalculation?: MultipleScalersCalculation
}

export interface ScaledJobInput {
  readonly nowMs: number
  readonly minReplicaCount?: number
  readonly maxReplicaCount?: number
  readonly scalingStrategy?: ScaledJobScalingStrategy
  readonly successfulJobsHistoryLimit?: number
  readonly failedJobsHistoryLimit?: number
  /** Value of `autoscaling.keda.sh/paused`; anything but a word for false pauses, the empty text too. */
  readonly pausedAnnotation?: string
  readonly triggers: readonly JobTriggerReading[]
  readonly jobs: readonly JobView[]
  readonly lastActiveAtMs?: number
}

export interface ScaledJobResult {
  /** Jobs to create now. */
  readonly create: number
  /** Names of finished jobs to remove. */
  readonly remove: readonly string[]
  readonly paused: boolean
  readonly active: boolean
  readonly queueLength: number
  readonly maxScale: number
  readonly runningJobCount: number
  readonly pendingJobCount: number
  /** What the strategy allowed, never below 0. */
  readonly effectiveMaxScale: number
  readonly scaleTo: number
  readonly lastActiveAtMs?: number
  readonly conditions: readonly ScaledJobCondition[]
  readonly trail: readonly TrailEntry[]
}

/**
 * One poll of a ScaledJob. While it is paused nothing happens, not even the clean-up. There is neither cool-down nor fallback: a
 * trigger that fails is left out, and an inactive ScaledJob creates nothing. In the trail, `from` and `to` count unfinished jobs.
 *
 * Source: keda: pkg/scaling/scale_handler.go, getScaledJobMetrics; pkg/scaling/executor/scale_jobs.go, RequestJobScale.
 */
export function decideScaledJob(input: ScaledJobInput): ScaledJobResult {
  const { runningJobCount } = countRunningJobs(input)
  const { pendingJobCount } = countPendingJobs({ jobs: input.jobs, ...pendingConditions(input) })
  if (isPaused(input.pausedAnnotation)) return pausedPoll(input, runningJobCount, pendingJobCount)
  const bounds = scaledJobBounds(input)
  const counts = { runningJobCount, pendingJobCount }
  const asked = askTriggers(input, bounds, runningJobCount)
  const allowed = allow(input, bounds, asked.whole, counts)
  const effectiveMaxScale = Math.max(0, allowed.effectiveMaxScale)
  const create = asked.whole.active && effectiveMaxScale > 0 ? Math.max(0, Math.min(allowed.scaleTo, effectiveMaxScale)) : 0
  const last = asked.whole.active ? input.nowMs : input.lastActiveAtMs
  const because = asked.whole.active
    ? `${allowed.because}; ${counted(create, 'job')} to create`
    : 'no trigger is active, so that no job is created'
  return {
    create,
    remove: jobsToCleanUp(input).remove,
    paused: false,
    active: asked.whole.active,
    queueLength: asked.whole.queueLength,
    maxScale: asked.whole.maxScale,
    ...counts,
    effectiveMaxScale,
    scaleTo: allowed.scaleTo,
    ...(last === undefined ? {} : { lastActiveAtMs: last }),
    conditions: pollConditions(asked.whole, asked.anyError),
    trail: [
      ...asked.trail,
      { stage: asked.whole.active ? 'jobs' : 'activation', from: runningJobCount, to: runningJobCount + create, because },
    ],
  }
}

function pausedPoll(input: ScaledJobInput, runningJobCount: number, pendingJobCount: number): ScaledJobResult {
  const because = 'the annotation autoscaling.keda.sh/paused stops this ScaledJob: nothing is created and nothing removed'
  return {
    create: 0,
    remove: [],
    paused: true,
    active: false,
    queueLength: 0,
    maxScale: 0,
    runningJobCount,
    pendingJobCount,
    effectiveMaxScale: 0,
    scaleTo: 0,
    ...(input.lastActiveAtMs === undefined ? {} : { lastActiveAtMs: input.lastActiveAtMs }),
    conditions: pausedConditions,
    trail: [{ stage: 'paused', from: runningJobCount, to: runningJobCount, because }],
  }
}

type Asked = Readonly<{ whole: AggregateJobMetricsResult; anyError: boolean; trail: readonly TrailEntry[] }>

function askTriggers({ triggers, scalingStrategy }: ScaledJobInput, bounds: ScaledJobBoundsResult, running: number): Asked {
  const external = triggers.filter(({ type }) => type !== 'cpu' && type !== 'memory')
  const readings = external.map((trigger) => {
    if (trigger.error !== undefined || trigger.value === undefined) return { trigger, metrics: undefined }
    const metrics = scalerJobMetrics({
      values: [asQuantity(trigger.value)],
      averageValues: [trigger.targetAverageValue],
      maxReplicaCount: bounds.maxReplicaCount,
    })
    return { trigger, metrics: { ...metrics, active: trigger.active === true } }
  })
  const calculation = scalingStrategy?.multipleScalersCalculation
  const whole = aggregateJobMetrics({
    scalers: readings.flatMap(({ metrics }) => (metrics === undefined ? [] : [metrics])),
    ...(calculation === undefined ? {} : { multipleScalersCalculation: calculation }),
    ...bounds,
  })
  const trail = readings.map<TrailEntry>(({ trigger, metrics }) => ({
    stage: 'metric',
    from: running,
    to: metrics?.active ? Math.ceil(metrics.maxScale) : 0,
    because: metrics === undefined ? `${trigger.name} could not be read: ${trigger.error ?? 'no value'}` : describe(trigger, metrics),
  }))
  const combined: readonly TrailEntry[] =
    readings.length > 1 ? [{ stage: 'maximum', from: running, to: whole.maxScale, because: describeWhole(calculation, whole) }] : []
  return { whole, anyError: readings.some(({ metrics }) => metrics === undefined), trail: [...trail, ...combined] }
}

function describe(trigger: JobTriggerReading, metrics: { queueLength: number; maxScale: number; active: boolean }): string {
  if (!metrics.active) return `${trigger.name} reads ${plainNumber(metrics.queueLength)}, which does not activate it`
  const target = plainNumber(trigger.targetAverageValue)
  return `${trigger.name} reads ${plainNumber(metrics.queueLength)} at ${target} per job: ${counted(Math.ceil(metrics.maxScale), 'job')}`
}

function describeWhole(calculation: MultipleScalersCalculation = 'max', whole: AggregateJobMetricsResult): string {
  return `multipleScalersCalculation ${calculation} of the active triggers: queue ${whole.queueLength}, ${counted(whole.maxScale, 'job')}`
}

type Allowed = Readonly<{ effectiveMaxScale: number; scaleTo: number; because: string }>
type Counts = Readonly<{ runningJobCount: number; pendingJobCount: number }>

function allow(input: ScaledJobInput, bounds: ScaledJobBoundsResult, whole: AggregateJobMetricsResult, counts: Counts): Allowed {
  const { effectiveMaxScale, scaleTo } = scaledJobScale({
    ...input.scalingStrategy,
    ...bounds,
    ...counts,
    maxScale: whole.maxScale,
    scaleTo: whole.queueLength,
  })
  const surplus = counts.runningJobCount - bounds.minReplicaCount
  if (surplus < 0)
    return { effectiveMaxScale, scaleTo, because: `${counts.runningJobCount} running is below minReplicaCount ${bounds.minReplicaCount}` }
  const name = input.scalingStrategy?.strategy || 'default'
  const state = `${surplus} running${bounds.minReplicaCount > 0 ? ' above the minimum' : ''}, ${counts.pendingJobCount} pending`
  const room = `at most ${bounds.maxReplicaCount}`
  const because = `strategy ${name} allows ${effectiveMaxScale} of ${counted(whole.maxScale, 'job')} (${state}, ${room}) for a queue of ${whole.queueLength}`
  return { effectiveMaxScale, scaleTo, because }
}

function pendingConditions({ scalingStrategy }: ScaledJobInput): { readonly pendingPodConditions?: readonly string[] } {
  return scalingStrategy?.pendingPodConditions === undefined ? {} : { pendingPodConditions: scalingStrategy.pendingPodConditions }
}

/** Values travel as quantities of three decimals. Source: keda: pkg/scalers/scaler.go, GenerateMetricInMili. */
function asQuantity(value: number): number {
  return Number.isFinite(value) && value > 0 ? Number(value.toFixed(3)) : 0
}

const wordsForFalse = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False'])

/** Source: keda: apis/keda/v1alpha1/scaledjob_types.go, NeedToBePausedByAnnotation. */
function isPaused(annotation: string | undefined): boolean {
  return annotation !== undefined && !wordsForFalse.has(annotation)
}

import type { TrailEntry, TrailStage } from '../trail.ts'
import { failingText, type IsActiveInput, type IsActiveResult, isActive, type TriggerReading } from './activity.ts'
import { type Condition, fallbackCondition, type ScaleEvent } from './conditions.ts'
import { coolDown } from './cool-down.ts'
import { listText, replicasText } from './figures.ts'
import { type Annotations, type PauseStateResult, pauseState } from './pause-state.ts'
import { kedaDefaults, type ScaledObjectSpec } from './spec.ts'

export interface DecideScaledObjectInput {
  readonly spec: ScaledObjectSpec
  readonly annotations?: Annotations
  readonly triggers: readonly TriggerReading[]
  /** Present when the object uses scalingModifiers. */
  readonly modifiers?: IsActiveInput['modifiers']
  /** What the target is asked to run now (`spec.replicas`), not what runs. */
  readonly currentReplicas: number
  /** When the ScaledObject was made, for `initialCooldownPeriod`; milliseconds since the epoch. */
  readonly createdAtMs: number
  /** When a poll last found it active; absent: never. */
  readonly lastActiveAtMs?: number
  readonly nowMs: number
  /** Its Paused condition was True at the poll before. */
  readonly pausedBefore?: boolean
  /** How events name the target, for example `apps/v1.Deployment default/orders`. */
  readonly target?: string
}

export interface DecideScaledObjectResult {
  /** What the target is to run; `currentReplicas` when nothing is to be done. */
  readonly replicas: number
  readonly active: boolean
  readonly error: boolean
  readonly activeTriggers: readonly string[]
  /** To be handed in at the next poll. */
  readonly lastActiveAtMs?: number
  /** The conditions that this poll sets; one that is missing keeps what it had. */
  readonly conditions: readonly Condition[]
  readonly events: readonly ScaleEvent[]
  /** The first millisecond at which the same readings would decide otherwise (the end of a cool-down). */
  readonly wakeAtMs?: number
  readonly limitedBy?: 'paused' | 'cooldown' | 'no-data'
  readonly trail: readonly TrailEntry[]
}

/** What one branch of the decision makes of it; all that it leaves out stays as it was. */
interface Move {
  readonly to?: number
  readonly stage: TrailStage
  readonly because: string
  readonly seenActive?: boolean
  readonly ready?: Condition
  readonly activity?: Condition
  readonly event?: ScaleEvent['reason']
  readonly wakeAtMs?: number
  readonly limitedBy?: DecideScaledObjectResult['limitedBy']
}

interface Situation {
  readonly input: DecideScaledObjectInput
  readonly min: number
  readonly idle: number | undefined
  readonly current: number
  readonly pause: PauseStateResult
  readonly activity: IsActiveResult
}

/**
 * What KEDA's operator does with a ScaledObject at one poll: it moves between 0 (or `idleReplicaCount`) and `minReplicaCount` (or 1),
 * and nothing else; sizes above that are the HPA's. An error never shrinks the target, unless `fallback.replicas` is 0.
 * Upstream: pkg/scaling/executor/scale_scaledobjects.go (RequestScale), controllers/keda/scaledobject_controller.go (pause).
 */
export function decideScaledObject(input: DecideScaledObjectInput): DecideScaledObjectResult {
  const pause = pauseState(input.annotations === undefined ? {} : { annotations: input.annotations })
  const behavior = input.spec.fallback?.behavior
  const activity = isActive({
    triggers: input.triggers,
    ...(input.modifiers === undefined ? {} : { modifiers: input.modifiers }),
    ...(behavior === undefined ? {} : { fallbackBehavior: behavior }),
  })
  const min = input.spec.minReplicaCount ?? kedaDefaults.minReplicaCount
  const situation: Situation = { input, min, idle: input.spec.idleReplicaCount, current: input.currentReplicas, pause, activity }
  if (pause.paused) return finish(situation, stopped(situation))
  return finish(situation, activity.active || pause.forceActivation ? whileActive(situation) : whileInactive(situation))
}

function stopped({ pause, current }: Situation): Move {
  const base = { stage: 'paused', limitedBy: 'paused' } as const
  if (pause.problem !== undefined) return { ...base, because: `paused; ${pause.problem}` }
  if (pause.pausedReplicas === undefined) return { ...base, because: `paused by annotation: it stays at ${replicasText(current)}` }
  return { ...base, to: pause.pausedReplicas, because: `paused by annotation at ${replicasText(pause.pausedReplicas)}` }
}

function whileActive(situation: Situation): Move {
  const { idle, current, min, pause, activity } = situation
  const why = activity.active ? activity.because : 'activation is forced by annotation'
  const asleep = current === 0 || (idle !== undefined && current < min)
  if (asleep && pause.scaleOutPaused) {
    return { stage: 'paused', limitedBy: 'paused', because: `${why}, but growing is paused by annotation` }
  }
  if (asleep) {
    const to = Math.max(min, 1)
    const size = min > 0 ? `minReplicaCount (${min})` : '1 replica'
    return { to, stage: 'activation', seenActive: true, event: 'KEDAScaleTargetActivated', because: `${why}: from ${current} to ${size}` }
  }
  if (activity.error) {
    const failing = failingText(activity.failingTriggers)
    const ready = condition('Ready', 'Unknown', 'PartialTriggerError', `${failing}; the other triggers go on`)
    return { stage: 'activation', ready, because: `${why}; ${failing}, so this poll does not count as the last active one` }
  }
  return { stage: 'activation', seenActive: true, because: `${why}; the HPA decides about more` }
}

function whileInactive(situation: Situation): Move {
  const { input, idle, current, min, activity, pause } = situation
  const { fallback } = input.spec
  if (activity.error && fallback !== undefined && fallback.replicas !== 0) {
    const because = `${failingText(activity.failingTriggers)}; after more than ${fallback.failureThreshold} failures the fallback (${replicasText(fallback.replicas)}) is served; until then the size is kept`
    return { stage: 'fallback', limitedBy: 'no-data', because }
  }
  if (activity.error && fallback === undefined) {
    const because = `${failingText(activity.failingTriggers)} and there is no fallback: the size is kept`
    const ready = condition('Ready', 'False', 'TriggerError', failingText(activity.failingTriggers))
    return { stage: 'activation', limitedBy: 'no-data', ready, because }
  }
  if ((idle !== undefined && current > idle) || (current > 0 && min === 0)) {
    if (pause.scaleInPaused) {
      return { stage: 'paused', limitedBy: 'paused', because: `${activity.because}, but shrinking is paused by annotation` }
    }
    return goToSleep(situation)
  }
  if (idle === undefined && current < min) {
    return { to: min, stage: 'bounds', because: `${current} is below minReplicaCount (${min})` }
  }
  return { stage: 'activation', because: `${activity.because}; nothing to do at ${replicasText(current)}` }
}

function goToSleep({ input, idle, min, activity }: Situation): Move {
  const cooling = coolDown(input)
  const to = idle ?? min
  if (cooling.over) {
    const because = `${activity.because}; ${cooling.because}: to ${idle === undefined ? `minReplicaCount (${min})` : `idleReplicaCount (${idle})`}`
    return { to, stage: 'cooldown', event: 'KEDAScaleTargetDeactivated', because }
  }
  const cold = condition('Active', 'False', 'ScalerCooldown', cooling.because)
  return {
    stage: 'cooldown',
    activity: cold,
    wakeAtMs: cooling.overAtMs,
    limitedBy: 'cooldown',
    because: `${activity.because}; ${cooling.because}`,
  }
}

function finish(situation: Situation, move: Move): DecideScaledObjectResult {
  const { input, current, activity } = situation
  const to = move.to ?? current
  const lastActiveAtMs = move.seenActive === true ? input.nowMs : input.lastActiveAtMs
  return {
    replicas: to,
    active: activity.active,
    error: activity.error,
    activeTriggers: activity.activeTriggers,
    ...(lastActiveAtMs === undefined ? {} : { lastActiveAtMs }),
    conditions: conditionsOf(situation, move),
    events: move.event === undefined ? [] : [eventOf(situation, move.event, to)],
    ...(move.wakeAtMs === undefined ? {} : { wakeAtMs: move.wakeAtMs }),
    ...(move.limitedBy === undefined ? {} : { limitedBy: move.limitedBy }),
    trail: [{ stage: move.stage, from: current, to, because: move.because }],
  }
}

/** A paused object keeps its Active condition: nobody asks its triggers. */
function conditionsOf({ input, pause, activity }: Situation, move: Move): readonly Condition[] {
  const ready = move.ready ?? condition('Ready', 'True', 'ScaledObjectReady', 'it is valid and its triggers can be read')
  const partly = pause.scaleInPaused || pause.scaleOutPaused
  const directions = [...(pause.scaleInPaused ? ['shrinking'] : []), ...(pause.scaleOutPaused ? ['growing'] : [])]
  const what = pause.paused ? 'scaling' : listText(directions)
  const paused = condition('Paused', 'True', 'ScaledObjectPaused', `${what} is paused by annotation`)
  if (pause.problem !== undefined) return [condition('Ready', 'False', 'ScaledObjectCheckFailed', pause.problem), paused]
  if (pause.paused) return [ready, paused]
  const inFallback = input.spec.fallback !== undefined && input.triggers.some((reading) => reading.inFallback === true)
  return [ready, move.activity ?? activeCondition(activity, pause), fallbackCondition(inFallback), partly ? paused : notPaused(input)]
}

/** Without a reason while it was never paused, as upstream begins. */
function notPaused({ pausedBefore }: DecideScaledObjectInput): Condition {
  if (pausedBefore !== true) return condition('Paused', 'False', '', '')
  return condition('Paused', 'False', 'ScaledObjectUnpaused', 'the annotations that paused it are gone')
}

function activeCondition(activity: IsActiveResult, pause: PauseStateResult): Condition {
  if (pause.forceActivation) return condition('Active', 'True', 'ScalerActive', 'activation is forced by annotation')
  if (activity.active) return condition('Active', 'True', 'ScalerActive', activity.because)
  return condition('Active', 'False', 'ScalerNotActive', activity.because)
}

function condition(type: Condition['type'], status: Condition['status'], reason: string, message: string): Condition {
  return { type, status, reason, message }
}

function eventOf({ input, current, pause, activity }: Situation, reason: ScaleEvent['reason'], to: number): ScaleEvent {
  const target = input.target ?? 'target'
  const step = `${target} from ${current} to ${to}`
  if (reason === 'KEDAScaleTargetDeactivated') return { type: 'Normal', reason, message: `Deactivated ${step}` }
  const cause = pause.forceActivation ? 'caused by forced activation annotation' : `triggered by ${activity.activeTriggers.join(';')}`
  return { type: 'Normal', reason, message: `Scaled ${step}, ${cause}` }
}

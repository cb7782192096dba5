import { figure, listText } from './figures.ts'
import type { FallbackBehavior } from './spec.ts'

/** What one trigger answered in a poll. */
export interface TriggerReading {
  /** The metric's name as KEDA generates it (`s0-redis-jobs`), or the trigger's own; used in events and trails. */
  readonly name: string
  /** In the metric's own unit. */
  readonly value?: number
  /** Why there is no value. */
  readonly error?: string
  /** 0 when absent. */
  readonly activationThreshold?: number
  /** The scaler's own word, where it has one (cron, external); otherwise `value > activationThreshold`. */
  readonly active?: boolean
  /** cpu or memory: never asked for its activity. */
  readonly resource?: boolean
  /** More failures in a row than the threshold: a substitute is served, so that this trigger neither errs nor sleeps. */
  readonly inFallback?: boolean
}

/** The one metric that a formula makes of all others. */
export interface CompositeReading {
  readonly value?: number
  /** The formula failed; KEDA logs that and takes the target for inactive, not for failing. */
  readonly error?: string
}

export interface IsActiveInput {
  readonly triggers: readonly TriggerReading[]
  /** Present when the object uses scalingModifiers: then only the composite decides. */
  readonly modifiers?: { readonly composite?: CompositeReading; readonly activationTarget?: number }
  readonly fallbackBehavior?: FallbackBehavior
}

export interface IsActiveResult {
  readonly active: boolean
  /** Some trigger erred and is not in fallback. */
  readonly error: boolean
  /** Names of the metrics that are active, in the order of the triggers; `composite-metric` with modifiers. */
  readonly activeTriggers: readonly string[]
  /** Names of those that erred. */
  readonly failingTriggers: readonly string[]
  /** There are only cpu and memory triggers, which cannot wake anything: activity is forced. */
  readonly forced: boolean
  readonly because: string
}

/** The name of the one metric of a formula (upstream: apis/keda/v1alpha1/scaledobject_types.go). */
export const COMPOSITE_METRIC = 'composite-metric'

/**
 * Whether an object is active: one of its triggers that are not cpu or memory is above its activation threshold (strictly) or in
 * fallback. With modifiers the composite is compared with `activationTarget` instead, and any error makes it inactive.
 * Upstream: pkg/scaling/scale_handler.go (getScaledObjectState).
 */
export function isActive(input: IsActiveInput): IsActiveResult {
  const failing = input.triggers.filter(erred)
  const failingTriggers = failing.map(({ name }) => name)
  const error = failing.length > 0
  const rest = { error, failingTriggers }
  if (!error && input.triggers.every(({ resource }) => resource === true)) {
    const because = 'there are only cpu and memory triggers, which cannot wake a target: it counts as active'
    return { active: true, activeTriggers: [], forced: true, because, ...rest }
  }
  if (input.modifiers !== undefined) return { ...compositeActivity(input.modifiers, failing), forced: false, ...rest }
  const asked = input.triggers.filter(({ resource }) => resource !== true)
  const active = asked.filter((reading) => !erred(reading) && triggerActive(reading, input.fallbackBehavior))
  const told = active.length > 0 ? active : asked
  const because = told.length === 0 ? 'no trigger could be asked' : told.map((reading) => readingText(reading)).join('; ')
  return { active: active.length > 0, activeTriggers: active.map(({ name }) => name), forced: false, because, ...rest }
}

function erred(reading: TriggerReading): boolean {
  if (reading.inFallback === true) return false
  if (reading.error !== undefined) return true
  return reading.resource !== true && reading.value === undefined && reading.active === undefined
}

/** With behaviour scalingModifiers a failing trigger becomes nil in the formula instead of active. */
function triggerActive(reading: TriggerReading, behavior: FallbackBehavior | undefined): boolean {
  if (reading.inFallback === true) return behavior !== 'scalingModifiers'
  return reading.active ?? (reading.value ?? 0) > (reading.activationThreshold ?? 0)
}

function compositeActivity(
  { composite, activationTarget = 0 }: NonNullable<IsActiveInput['modifiers']>,
  failing: readonly TriggerReading[],
): Pick<IsActiveResult, 'active' | 'activeTriggers' | 'because'> {
  const inactive = { active: false, activeTriggers: [] }
  if (failing.length > 0) return { ...inactive, because: `${failing.map(readingText).join('; ')}; a formula needs every trigger` }
  const value = composite?.value
  if (value === undefined) return { ...inactive, because: `the formula gave no value (${composite?.error ?? 'it was not evaluated'})` }
  const active = value > activationTarget
  const because = `the formula gives ${figure(value)}, ${active ? 'above' : 'not above'} its activation target of ${figure(activationTarget)}`
  return { active, activeTriggers: active ? [COMPOSITE_METRIC] : [], because }
}

function readingText(reading: TriggerReading): string {
  if (reading.inFallback === true) return `${reading.name} is in fallback (${reading.error ?? 'it keeps failing'})`
  if (erred(reading)) return `${reading.name} could not be read (${reading.error ?? 'no value came'})`
  if (reading.active !== undefined && reading.value === undefined)
    return `${reading.name} says that it is ${reading.active ? '' : 'not '}active`
  const value = `${reading.name} reads ${figure(reading.value ?? 0)}`
  if (reading.active !== undefined) return `${value} and says that it is ${reading.active ? '' : 'not '}active`
  const threshold = reading.activationThreshold ?? 0
  return `${value}, ${triggerActive(reading, undefined) ? 'above' : 'not above'} its activation threshold of ${figure(threshold)}`
}

/** For conditions: which triggers fail. */
export function failingText(names: readonly string[]): string {
  return `${listText(names)} could not be read`
}

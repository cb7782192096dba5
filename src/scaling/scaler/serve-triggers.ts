import type { TriggerReading } from '../../model/meter.ts'
import type { ScaleModifiers, ScaleTrigger } from '../../model/scale-policy.ts'
import { type CompiledFormula, compileFormula } from '../keda/modifiers/formula.ts'
import { type ServeCompositeResult, type ServeMetricResult, serveComposite, serveMetric } from '../keda/serve-metric.ts'
import type { ScalerInput, ScalerState } from './scaler-types.ts'

export interface ServedTrigger {
  readonly trigger: ScaleTrigger
  readonly reading: TriggerReading | undefined
  readonly served: ServeMetricResult
}

export interface ServedTriggers {
  /** All triggers but those that an HPA measures itself, in their order. */
  readonly triggers: readonly ServedTrigger[]
  /** Present when the policy has a formula. */
  readonly composite?: ServeCompositeResult
  readonly failures: ScalerState['failures']
}

/** It stands in the place of a trigger that keeps failing: its own number, or nothing where a formula decides. */
export function isReplaced({ served }: ServedTrigger): boolean {
  return served.serves === 'fallback' || served.serves === 'nil'
}

/** What every reading becomes, with the failures counted: polls and syncs add to the same counts, as upstream both ask the scaler. */
export function serveTriggers({ policy, state, readings, replicas, pods }: ScalerInput): ServedTriggers {
  const { fallback, modifiers } = policy
  const readyReplicas = pods.reduce((count, { phase, ready }) => (phase === 'Running' && ready ? count + 1 : count), 0)
  const failures: Record<string, number> = {}
  const triggers: ServedTrigger[] = []
  for (const trigger of policy.triggers) {
    if (trigger.from.by === 'engine') continue
    const { name, metricType, target } = trigger
    const reading = readings.find((candidate) => candidate.trigger === name)
    const value = reading?.error === undefined ? (reading?.value ?? reading?.metrics?.[0]?.value) : undefined
    const numberOfFailures = state.failures[name]
    const served = serveMetric({
      metricName: name,
      target,
      metricType,
      currentReplicas: replicas,
      readyReplicas,
      error: reading?.error ?? 'it was not read',
      ...(value === undefined ? {} : { value }),
      ...(numberOfFailures === undefined ? {} : { health: { numberOfFailures, status: numberOfFailures === 0 ? 'Happy' : 'Failing' } }),
      ...(fallback === undefined ? {} : { fallback }),
      ...(modifiers === undefined ? {} : { modifiers }),
    })
    if (served.health !== undefined) failures[name] = served.health.numberOfFailures
    triggers.push({ trigger, reading, served })
  }
  if (modifiers === undefined) return { triggers, failures }
  const metrics = triggers.map(({ trigger, served }) => ({ triggerName: trigger.name, served }))
  const formula = compiled(modifiers, policy.triggers)
  return {
    triggers,
    failures,
    composite: serveComposite({
      modifiers: { target: modifiers.target, formula },
      metrics,
      ...(fallback === undefined ? {} : { fallback }),
    }),
  }
}

/** Formulas by the modifiers that they are of, so that each is read once and not with every poll. */
const known = new WeakMap<ScaleModifiers, CompiledFormula>()

/** One that cannot be read is given on as text, so that whoever evaluates it says what is wrong. */
function compiled(modifiers: ScaleModifiers, triggers: readonly ScaleTrigger[]): CompiledFormula | string {
  const found = known.get(modifiers)
  if (found !== undefined) return found
  const outcome = compileFormula({
    formula: modifiers.formula,
    triggers: triggers.filter(({ from }) => from.by !== 'engine').map(({ name }) => name),
  })
  if (!outcome.ok) return modifiers.formula
  known.set(modifiers, outcome.compiled)
  return outcome.compiled
}

import { CAST_HINT, evaluateModifiers } from '../modifiers/evaluate-modifiers.ts'
import type { FormulaProblem } from '../modifiers/fault.ts'
import { type CompiledFormula, compileFormula, runFormula } from '../modifiers/formula.ts'
import { WORDS } from '../modifiers/token.ts'
import type { FallbackSpec, ScalingModifiersSpec } from '../spec.ts'
import { problem, result, type ScalingProblem, type ValidationResult } from './scaling-problem.ts'
import { isResourceTrigger, type TriggerSpec } from './trigger-spec.ts'

export interface ValidateModifiersInput {
  readonly modifiers: ScalingModifiersSpec
  readonly triggers: readonly TriggerSpec[]
  readonly fallback?: FallbackSpec
}

const BASE = 'advanced.scalingModifiers'

/**
 * A formula with its target. As upstream, the formula is read, checked and tried with -1 for each trigger; cpu and memory triggers are not
 * among its names. A trigger without a name is accepted and cannot be used.
 * Upstream: apis/keda/v1alpha1/scaledobject_webhook.go (ValidateAndCompileScalingModifiers).
 */
export function validateModifiers({ modifiers, triggers, fallback }: ValidateModifiersInput): ValidationResult {
  const { formula = '' } = modifiers
  if (formula === '')
    return result([
      problem('formula-missing', 'error', `${BASE}.formula`, 'scalingModifiers has no formula', 'for example "(queue + http) / 2"'),
    ])
  return result([
    ...formulaProblems(formula, triggers),
    ...nameProblems(triggers),
    ...targetProblems(modifiers),
    ...fallbackHint(formula, fallback),
  ])
}

function formulaProblems(formula: string, triggers: readonly TriggerSpec[]): readonly ScalingProblem[] {
  const names = triggers
    .filter((trigger) => !isResourceTrigger(trigger))
    .flatMap(({ name }) => (name === undefined || name === '' ? [] : [name]))
  const outcome = compileFormula({ formula, triggers: names })
  if (!outcome.ok) return [formulaProblem(outcome.problem, resourceHint(outcome.problem, triggers))]
  const values = Object.fromEntries(names.map((name) => [name, -1]))
  const trial = runFormula(outcome.compiled, new Map(Object.entries(values)))
  if (!trial.ok) return [formulaProblem(trial.problem)]
  return castProblems(outcome.compiled, values)
}

/** Accepted by admission, and an error at each poll. */
function castProblems(compiled: CompiledFormula, values: Readonly<Record<string, number>>): readonly ScalingProblem[] {
  const trial = evaluateModifiers({ formula: compiled, values, fallback: { replicas: 1 }, target: 1 })
  const fits = compiled.type === 'float' || compiled.type === 'unknown' || compiled.type === 'nil'
  if (trial.ok && fits) return []
  const message = 'KEDA accepts this formula, but each evaluation fails: it does not give a float'
  return [problem('formula-no-float', 'warning', `${BASE}.formula`, message, CAST_HINT)]
}

function formulaProblem({ line, column, message, hint }: FormulaProblem, better?: string): ScalingProblem {
  const place = line === 1 ? `column ${column}` : `line ${line}, column ${column}`
  return problem('formula', 'error', `${BASE}.formula`, `formula, ${place}: ${message}`, better ?? hint)
}

function resourceHint({ message }: FormulaProblem, triggers: readonly TriggerSpec[]): string | undefined {
  const named = triggers.find(
    (trigger) => isResourceTrigger(trigger) && trigger.name !== undefined && message.endsWith(`named "${trigger.name}"`),
  )
  return named === undefined ? undefined : `it is a ${named.type} trigger, which a formula cannot use: the HPA reads it by itself`
}

/** Neither words of the language nor its constants can be names. */
const CONSTANTS = new Set(['true', 'false', 'nil'])

function nameProblems(triggers: readonly TriggerSpec[]): readonly ScalingProblem[] {
  return triggers.flatMap((trigger, index) => {
    if (isResourceTrigger(trigger)) return []
    const field = `triggers[${index}].name`
    const { name = '' } = trigger
    if (name === '')
      return [
        problem(
          'trigger-unnamed',
          'warning',
          field,
          `triggers[${index}] (${trigger.type}) has no name, so the formula cannot use it`,
          'give it one',
        ),
      ]
    if (/^[\p{L}_$][\p{L}\p{Nd}_$]*$/u.test(name) && !WORDS.has(name) && !CONSTANTS.has(name)) return []
    return [
      problem(
        'trigger-name-unreadable',
        'warning',
        field,
        `a formula cannot read the name "${name}" as it stands`,
        `use letters, digits and _, or write $env["${name}"]`,
      ),
    ]
  })
}

function targetProblems({ target, activationTarget, metricType }: ScalingModifiersSpec): readonly ScalingProblem[] {
  const problems: ScalingProblem[] = []
  if (target === undefined || target === '')
    problems.push(
      problem(
        'target-missing',
        'error',
        `${BASE}.target`,
        'there is a formula, but no target',
        'the HPA divides by it: write target: "10"',
      ),
    )
  else if (!(toNumber(target) > 0))
    problems.push(problem('target', 'error', `${BASE}.target`, `target is ${JSON.stringify(target)}: it is a number above 0`))
  if (activationTarget !== undefined && activationTarget !== '' && Number.isNaN(toNumber(activationTarget))) {
    problems.push(
      problem(
        'activation-target',
        'error',
        `${BASE}.activationTarget`,
        `activationTarget is ${JSON.stringify(activationTarget)}: it is a number`,
      ),
    )
  }
  if (metricType !== undefined && metricType !== 'AverageValue' && metricType !== 'Value') {
    problems.push(
      problem(
        'metric-type',
        'error',
        `${BASE}.metricType`,
        `metricType ${metricType} cannot be used with a formula`,
        'write AverageValue (the default) or Value',
      ),
    )
  }
  return problems
}

function toNumber(value: string | number): number {
  return typeof value === 'number' || value.trim() === value ? Number(value) : Number.NaN
}

function fallbackHint(formula: string, fallback: FallbackSpec | undefined): readonly ScalingProblem[] {
  if (fallback?.behavior !== 'scalingModifiers' || formula.includes('??')) return []
  const message = 'with fallback.behavior scalingModifiers a failing trigger is nil, and this formula has no "??" to replace it'
  return [problem('formula-without-nil', 'warning', `${BASE}.formula`, message, 'write (a ?? 0) for a trigger that may fail')]
}

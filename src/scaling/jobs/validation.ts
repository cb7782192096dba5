/** The parts of a ScaledJob that KEDA checks, as written. */
export interface ValidateScaledJobInput {
  readonly pollingInterval?: number
  readonly minReplicaCount?: number
  readonly maxReplicaCount?: number
  readonly successfulJobsHistoryLimit?: number
  readonly failedJobsHistoryLimit?: number
  readonly rollout?: { readonly strategy?: string; readonly propagationPolicy?: string }
  readonly rolloutStrategy?: string
  readonly scalingStrategy?: {
    readonly strategy?: string
    readonly customScalingRunningJobPercentage?: string
    readonly multipleScalersCalculation?: string
  }
  readonly triggers: readonly ScaledJobTriggerSpec[]
}

export interface ScaledJobTriggerSpec {
  readonly type: string
  readonly name?: string
  readonly metricType?: string
  readonly useCachedMetrics?: boolean
}

export interface ScaledJobProblem {
  readonly severity: 'error' | 'warning'
  /** Keys and indices from `spec`. */
  readonly path: readonly (string | number)[]
  readonly message: string
}

export interface ValidateScaledJobResult {
  readonly problems: readonly ScaledJobProblem[]
}

/**
 * What the schema, the webhook and the reconciler of KEDA refuse in a ScaledJob, and what has no effect there.
 *
 * Source: keda: apis/keda/v1alpha1/scaledjob_types.go and scaletriggers_types.go, controllers/keda/scaledjob_controller.go.
 */
export function validateScaledJob(input: ValidateScaledJobInput): ValidateScaledJobResult {
  return { problems: [...checkNumbers(input), ...checkWords(input), ...checkBounds(input), ...checkTriggers(input.triggers)] }
}

const leastValues = {
  pollingInterval: 1,
  minReplicaCount: 0,
  maxReplicaCount: 1,
  successfulJobsHistoryLimit: 0,
  failedJobsHistoryLimit: 0,
} as const

function* checkNumbers(input: ValidateScaledJobInput): Generator<ScaledJobProblem> {
  for (const field of Object.keys(leastValues) as (keyof typeof leastValues)[]) {
    const value = input[field]
    if (value === undefined) continue
    const least = leastValues[field]
    if (!Number.isInteger(value)) yield error([field], `${field} is ${value}, but must be a whole number`)
    else if (value < least) yield error([field], `${field} is ${value}, but must be at least ${least}`)
  }
}

function* checkWords({ rollout, rolloutStrategy, scalingStrategy }: ValidateScaledJobInput): Generator<ScaledJobProblem> {
  yield* oneOf(['rollout', 'strategy'], rollout?.strategy, ['gradual', 'immediate'])
  yield* oneOf(['rollout', 'propagationPolicy'], rollout?.propagationPolicy, ['foreground', 'background'])
  yield* oneOf(['rolloutStrategy'], rolloutStrategy, ['gradual', 'immediate'])
  yield* oneOf(['scalingStrategy', 'strategy'], scalingStrategy?.strategy, ['default', 'custom', 'accurate', 'eager'])
  const calculation = scalingStrategy?.multipleScalersCalculation
  yield* oneOf(['scalingStrategy', 'multipleScalersCalculation'], calculation, ['min', 'avg', 'sum', 'max'])
  if (rolloutStrategy)
    yield warning(['rolloutStrategy'], 'rolloutStrategy is deprecated and wins over rollout.strategy; write rollout.strategy')
  const share = scalingStrategy?.customScalingRunningJobPercentage
  if (scalingStrategy?.strategy === 'custom' && (share === undefined || share.trim() === '' || Number.isNaN(Number(share))))
    yield warning(
      ['scalingStrategy', 'customScalingRunningJobPercentage'],
      `the strategy custom needs customScalingRunningJobPercentage as a number; with ${share === undefined ? 'none' : JSON.stringify(share)} the strategy default is used`,
    )
}

function* checkBounds({ minReplicaCount, maxReplicaCount }: ValidateScaledJobInput): Generator<ScaledJobProblem> {
  if (minReplicaCount === undefined || maxReplicaCount === undefined) return
  if (minReplicaCount > maxReplicaCount)
    yield warning(
      ['minReplicaCount'],
      `minReplicaCount ${minReplicaCount} is above maxReplicaCount ${maxReplicaCount}, which is used for both`,
    )
  if (minReplicaCount === maxReplicaCount && minReplicaCount > 0)
    yield warning(
      ['maxReplicaCount'],
      `minReplicaCount and maxReplicaCount are both ${maxReplicaCount}: the triggers cannot add jobs to those that always run`,
    )
}

function* checkTriggers(triggers: readonly ScaledJobTriggerSpec[]): Generator<ScaledJobProblem> {
  if (triggers.length === 0) yield error(['triggers'], 'a ScaledJob needs at least one trigger')
  const names = new Set<string>()
  for (const [index, trigger] of triggers.entries()) {
    if (trigger.name && names.has(trigger.name))
      yield error(['triggers', index, 'name'], `the trigger name ${trigger.name} is used twice, but must be unique`)
    if (trigger.name) names.add(trigger.name)
    if (trigger.metricType) yield error(['triggers', index, 'metricType'], 'metricType cannot be set in a trigger of a ScaledJob')
    if (trigger.useCachedMetrics) yield cachedMetrics(index, trigger.type)
    if (trigger.type === 'cpu' || trigger.type === 'memory')
      yield warning(['triggers', index, 'type'], `a ${trigger.type} trigger has no effect on a ScaledJob`)
  }
}

function cachedMetrics(index: number, type: string): ScaledJobProblem {
  const path = ['triggers', index, 'useCachedMetrics']
  return type === 'cpu' || type === 'memory' || type === 'cron'
    ? error(path, `useCachedMetrics is not supported for a ${type} trigger`)
    : warning(path, 'useCachedMetrics has no effect on a ScaledJob')
}

function* oneOf(path: readonly string[], value: string | undefined, words: readonly string[]): Generator<ScaledJobProblem> {
  if (value && !words.includes(value))
    yield error(path, `${path.join('.')} is ${JSON.stringify(value)}, but must be one of ${words.join(', ')}`)
}

function error(path: readonly (string | number)[], message: string): ScaledJobProblem {
  return { severity: 'error', path, message }
}

function warning(path: readonly (string | number)[], message: string): ScaledJobProblem {
  return { severity: 'warning', path, message }
}

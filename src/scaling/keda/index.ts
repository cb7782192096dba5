export {
  COMPOSITE_METRIC,
  type CompositeReading,
  type IsActiveInput,
  type IsActiveResult,
  isActive,
  type TriggerReading,
} from './activity.ts'
export type { Condition, ConditionType, ScaleEvent as OperatorEvent } from './conditions.ts'
export { type CoolDownInput, type CoolDownResult, coolDown } from './cool-down.ts'
export { type DecideScaledObjectInput, type DecideScaledObjectResult, decideScaledObject } from './decide.ts'
export {
  type CountFailureInput,
  type CountFailureResult,
  countFailure,
  type FallbackIsUsableInput,
  type FallbackValueInput,
  type FallbackValueResult,
  fallbackIsUsable,
  fallbackValue,
  type TriggerHealth,
} from './fallback.ts'
export { type HpaActiveConditionInput, type HpaActiveConditionResult, hpaActiveCondition } from './hpa-active.ts'
export {
  type HpaBehavior as GeneratedHpaBehavior,
  type HpaBoundsInput,
  type HpaBoundsResult,
  type HpaScalingRules,
  hpaBounds,
} from './hpa-bounds.ts'
export {
  type HpaMetric as GeneratedHpaMetric,
  type HpaMetricsInput,
  type HpaMetricsResult,
  hpaMetrics,
  type MetricTarget,
  type MetricTargetInput,
  type MetricTargetResult,
  metricTarget,
} from './metric-target.ts'
export { type EvaluateModifiersInput, type EvaluateModifiersResult, evaluateModifiers } from './modifiers/evaluate-modifiers.ts'
export type { FormulaProblem } from './modifiers/fault.ts'
export { type CompiledFormula, type CompileFormulaInput, type CompileFormulaResult, compileFormula } from './modifiers/formula.ts'
export { type ModifierTriggerValuesInput, type ModifierTriggerValuesResult, modifierTriggerValues } from './modifiers/trigger-values.ts'
export { type Annotations, kedaAnnotations, type PauseStateInput, type PauseStateResult, pauseState } from './pause-state.ts'
export { type MetricQuantityInput, type MetricQuantityResult, metricQuantity } from './quantity.ts'
export {
  type ServeCompositeInput,
  type ServeCompositeResult,
  type ServeMetricInput,
  type ServeMetricResult,
  serveComposite,
  serveMetric,
} from './serve-metric.ts'
export {
  type FallbackBehavior,
  type FallbackSpec,
  kedaDefaults,
  type MetricType,
  type ScaledObjectSpec,
  type ScalingModifiersSpec,
} from './spec.ts'
export { type ValidateBoundsInput, validateBounds } from './validation/bounds.ts'
export { type ValidateFallbackInput, validateFallback } from './validation/fallback.ts'
export { type ValidateModifiersInput, validateModifiers } from './validation/modifiers.ts'
export { hpaNameOf, type ValidateNamesInput, validateNames } from './validation/names.ts'
export { type ValidateRequestsInput, validateRequests } from './validation/requests.ts'
export type { ScalingProblem, ValidationResult } from './validation/scaling-problem.ts'
export { type ScalerPlace, type ValidateTargetsInput, validateTargets } from './validation/targets.ts'
export type { TriggerSpec } from './validation/trigger-spec.ts'
export { type ValidateTriggersInput, validateTriggers } from './validation/triggers.ts'
export { type WebhookWarningsInput, type WebhookWarningsResult, webhookWarnings } from './validation/webhook-warnings.ts'

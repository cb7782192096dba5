/** Something about a ScaledObject that its author should know. Errors are what KEDA's admission refuses. */
export interface ScalingProblem {
  /** A stable name of the rule. */
  readonly rule: string
  readonly severity: 'error' | 'warning'
  /** Path below `spec`, as upstream writes it; empty for the whole. */
  readonly field: string
  readonly message: string
  readonly hint?: string
}

export interface ValidationResult {
  /** Without errors; warnings may be there. */
  readonly valid: boolean
  readonly problems: readonly ScalingProblem[]
}

export function result(problems: readonly ScalingProblem[]): ValidationResult {
  return { valid: !problems.some(({ severity }) => severity === 'error'), problems }
}

export function problem(rule: string, severity: ScalingProblem['severity'], field: string, message: string, hint?: string): ScalingProblem {
  return { rule, severity, field, message, ...(hint === undefined ? {} : { hint }) }
}

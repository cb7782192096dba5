import { problem, result, type ScalingProblem, type ValidationResult } from './scaling-problem.ts'

export interface ValidateNamesInput {
  readonly name: string
  /** `advanced.horizontalPodAutoscalerConfig.name`; `keda-hpa-{name}` when absent or empty. */
  readonly hpaName?: string
}

const LONGEST = 63

/** The name of the HPA that KEDA generates (upstream: controllers/keda/hpa.go). */
export function hpaNameOf({ name, hpaName }: ValidateNamesInput): string {
  return hpaName === undefined || hpaName === '' ? `keda-hpa-${name}` : hpaName
}

/**
 * Both names become values of labels, which have up to 63 characters.
 * Upstream: apis/keda/v1alpha1/scaledobject_webhook.go (verifyName).
 */
export function validateNames(input: ValidateNamesInput): ValidationResult {
  const { name } = input
  const hpaName = hpaNameOf(input)
  const problems: ScalingProblem[] = []
  if (name.length > LONGEST) {
    problems.push(
      problem('name-too-long', 'error', '', `the name "${name}" has ${name.length} characters, and ${LONGEST} are allowed`, 'shorten it'),
    )
  } else if (hpaName.length > LONGEST) {
    const message = `the HPA would be named "${hpaName}", which has ${hpaName.length} characters, and ${LONGEST} are allowed`
    const hint = 'shorten the name, or set advanced.horizontalPodAutoscalerConfig.name'
    problems.push(problem('hpa-name-too-long', 'error', 'advanced.horizontalPodAutoscalerConfig.name', message, hint))
  }
  return result(problems)
}

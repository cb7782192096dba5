import { type Annotations, kedaAnnotations } from '../pause-state.ts'
import { hpaNameOf } from './names.ts'
import { problem, result, type ScalingProblem, type ValidationResult } from './scaling-problem.ts'

/** A ScaledObject among others of its namespace. */
export interface ScalerPlace {
  readonly name: string
  /** What it scales, for example `apps/v1.Deployment/orders`; the same text means the same target. */
  readonly target: string
  readonly hpaName?: string
  readonly annotations?: Annotations
}

export interface ValidateTargetsInput {
  readonly scaledObject: ScalerPlace
  /** The other ScaledObjects of the namespace. */
  readonly others: readonly ScalerPlace[]
  /** HPAs that no ScaledObject made. */
  readonly hpas: readonly { readonly name: string; readonly target: string; readonly annotations?: Annotations }[]
}

/**
 * One target has one scaler: no second ScaledObject, no HPA of its own unless it is handed over by annotation.
 * Upstream: apis/keda/v1alpha1/scaledobject_webhook.go (verifyScaledObjects, verifyHpas).
 */
export function validateTargets({ scaledObject, others, hpas }: ValidateTargetsInput): ValidationResult {
  const { name, target } = scaledObject
  const hpaName = hpaNameOf(scaledObject)
  const rivals = others.filter((other) => other.name !== name)
  const problems: ScalingProblem[] = []
  for (const rival of rivals) {
    if (rival.target === target) {
      const message = `${target} is scaled by ScaledObject "${rival.name}" already`
      problems.push(problem('target-taken', 'error', 'scaleTargetRef', message, 'put all triggers into one ScaledObject'))
    } else if (hpaNameOf(rival) === hpaName) {
      const message = `the HPA "${hpaName}" belongs to ScaledObject "${rival.name}" already`
      problems.push(problem('hpa-taken', 'error', 'advanced.horizontalPodAutoscalerConfig.name', message, 'give it another name'))
    }
  }
  for (const hpa of hpas) {
    if (hpa.target !== target || hpa.annotations?.[kedaAnnotations.hpaOwnership] === 'false') continue
    problems.push(...foreignHpa(scaledObject, hpa.name))
  }
  return result(problems)
}

function foreignHpa({ target, hpaName, annotations }: ScalerPlace, foreign: string): readonly ScalingProblem[] {
  if (annotations?.[kedaAnnotations.transferHpaOwnership] !== 'true') {
    const hint = `remove it, or take it over with the annotation ${kedaAnnotations.transferHpaOwnership}: "true"`
    return [problem('foreign-hpa', 'error', 'scaleTargetRef', `${target} is scaled by the HPA "${foreign}" already`, hint)]
  }
  if (hpaName === foreign) return []
  const message = `the HPA "${foreign}" can be taken over only by its name`
  return [problem('foreign-hpa-name', 'error', 'advanced.horizontalPodAutoscalerConfig.name', message, `set it to "${foreign}"`)]
}

import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import type { ScaleBehavior, ScaleRules } from '../../model/scale-policy.ts'
import { problem } from '../problem.ts'
import { quantity } from '../shapes/resources.ts'
import type { BehaviorWritten } from './shapes.ts'

type RulesWritten = NonNullable<BehaviorWritten['scaleUp']>

/** The behavior in the model's shape, and what Kubernetes' validation would refuse. */
export function lowerBehavior(
  written: BehaviorWritten,
  origin: Origin,
): { readonly behavior: ScaleBehavior; readonly diagnostics: readonly Diagnostic[] } {
  const { scaleUp, scaleDown } = written
  const diagnostics = (['scaleUp', 'scaleDown'] as const).flatMap((direction) => {
    if (written[direction]?.policies?.length !== 0) return []
    const message = `"${direction}.policies" must have at least one policy`
    return [problem({ code: 'MP2105', severity: 'error', message, origin: within(origin, direction, 'policies') })]
  })
  return {
    behavior: {
      ...(scaleUp === undefined ? {} : { scaleUp: lowerRules(scaleUp) }),
      ...(scaleDown === undefined ? {} : { scaleDown: lowerRules(scaleDown) }),
    },
    diagnostics,
  }
}

function lowerRules({ tolerance, ...rules }: RulesWritten): ScaleRules {
  return tolerance === undefined ? rules : { ...rules, tolerance: quantity(tolerance) }
}

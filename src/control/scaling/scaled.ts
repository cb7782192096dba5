import type { Component } from '../../model/component.ts'
import type { ScalePolicy } from '../../model/scale-policy.ts'
import { isRunAgain } from '../executions/executions.ts'
import type { ControlState } from '../state.ts'

/** Whether something decides about the number of replicas, or of jobs, while it runs. */
export function isScaled(component: Component): boolean {
  return (component.run.type === 'forever' || isRunAgain(component)) && component.scale.triggers.length > 0
}

/** What a Deployment's `spec.replicas` would say: the last decision, or what the model begins with. */
export function specReplicas(component: Component, state: ControlState): number {
  return state.scaled.get(component.key)?.replicas ?? state.manual.scale.get(component.key)?.replicas ?? component.scale.initial
}

/** The policy with the annotations that were set by hand. */
export function policyOf({ key, scale }: Component, { manual }: ControlState): ScalePolicy {
  const set = manual.pauses.get(key)
  if (set === undefined) return scale
  const merged = Object.entries({ ...scale.annotations, ...set })
  return { ...scale, annotations: Object.fromEntries(merged.filter((entry): entry is [string, string] => entry[1] !== null)) }
}

import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import type { ScaleBehavior, ScaleTrigger } from '../../model/scale-policy.ts'
import type { UseContext } from '../definition.ts'
import type { ComponentDraft } from '../draft.ts'
import { setByHand } from '../triggers/lower-trigger.ts'

/** An autoscaler of Kubernetes alone, with the places of its parts. */
export interface HpaWritten {
  readonly name: string
  readonly min: { readonly value: number; readonly origin: Origin }
  readonly max: { readonly value: number; readonly origin: Origin }
  readonly triggers: readonly ScaleTrigger[]
  readonly behavior?: ScaleBehavior
}

/** Puts the policy on the component; metrics that something outside would serve are said to be set by hand. */
export function applyHpa(draft: ComponentDraft, written: HpaWritten, use: UseContext): readonly Diagnostic[] {
  const { name, min, max, triggers, behavior } = written
  draft.scale({ by: 'hpa', name, triggers, origin: use.origin })
  draft.scale({ min: min.value }, min.origin)
  draft.scale({ max: max.value }, max.origin)
  if (behavior !== undefined) draft.scale({ behavior })
  return triggers.flatMap((trigger) => {
    if (trigger.from.by !== 'hand') return []
    const why = 'nothing here serves this metric'
    const text = `${why}; the sum over all replicas is set with "minipaas metric set ${use.source.name} ${trigger.name} 42"`
    draft.note({ kind: 'not-simulated', subject: trigger.name, text, origin: trigger.origin })
    return [
      setByHand({
        trigger: trigger.name,
        subject: trigger.metadata['metric'] ?? '',
        component: use.source.name,
        why,
        origin: trigger.origin,
      }),
    ]
  })
}

/** The place of a parameter, or of the whole where it is not written: the default then comes from there. */
export function placed(value: number, use: UseContext, ...path: readonly string[]): { readonly value: number; readonly origin: Origin } {
  return { value, origin: within(use.origin, ...path) }
}

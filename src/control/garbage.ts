import { appliedKeys } from '../dialects/step-components.ts'
import type { Policy } from '../model/app-model.ts'
import type { ComponentKey } from '../model/names.ts'
import type { ApplicationState, AppliedComponent } from './state.ts'

type GarbagePolicy = Extract<Policy, { type: 'garbage-collect' }>

/** What stays applied once a run has succeeded: components of this version, and those a garbage-collect policy keeps. */
export function collectGarbage(
  app: ApplicationState,
  applied: ReadonlyMap<ComponentKey, AppliedComponent>,
): ReadonlyMap<ComponentKey, AppliedComponent> {
  const wanted = new Set(appliedKeys(app.model.workflow.steps))
  const partial = new Set(app.order.components)
  const policy = app.model.policies.find((candidate): candidate is GarbagePolicy => candidate.type === 'garbage-collect')
  const kept = [...applied].filter(
    ([key, item]) => wanted.has(key) || (partial.size > 0 && !partial.has(item.source.name)) || keptByPolicy(policy, item),
  )
  return kept.length === applied.size ? applied : new Map(kept)
}

/** Source: KubeVela, garbage-collect: keepLegacyResource keeps everything; rules keep what they select unless they say onAppUpdate. */
function keptByPolicy(policy: GarbagePolicy | undefined, item: AppliedComponent): boolean {
  if (policy === undefined) return false
  if (policy.keepLegacyResource) return true
  const rule = policy.rules.find(({ selector }) => {
    const byName = selector.componentNames === undefined || selector.componentNames.includes(item.source.name)
    const byType = selector.componentTypes === undefined || selector.componentTypes.includes(item.source.type.type)
    const byKind = selector.oamTypes === undefined || selector.oamTypes.includes('COMPONENT')
    return byName && byType && byKind && selector.traitTypes === undefined
  })
  return rule !== undefined && rule.strategy !== 'onAppUpdate'
}

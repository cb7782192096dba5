import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import type { ScaleFallback, ScaleModifiers, ScalePolicy } from '../../model/scale-policy.ts'
import type { UseContext } from '../definition.ts'
import type { ComponentDraft } from '../draft.ts'
import { problem } from '../problem.ts'
import { lowerBehavior } from './behavior.ts'
import { checkComposed, lowerModifiers, type ModifiersWritten } from './check-modifiers.ts'
import { lowerTriggers } from './lower-triggers.ts'
import type { BehaviorWritten, TriggersWritten } from './shapes.ts'

/** What a ScaledObject and the trait that makes one have in common; absent is KEDA's own default. */
export interface ScaledObjectWritten {
  readonly scaleTargetRef?: { readonly envSourceContainerName?: string }
  readonly pollingInterval?: number
  readonly cooldownPeriod?: number
  readonly initialCooldownPeriod?: number
  readonly idleReplicaCount?: number
  readonly minReplicaCount?: number
  readonly maxReplicaCount?: number
  readonly fallback?: ScaleFallback
  readonly advanced?: {
    readonly horizontalPodAutoscalerConfig?: { readonly behavior?: BehaviorWritten }
    readonly scalingModifiers?: ModifiersWritten
  }
  readonly triggers: TriggersWritten
}

interface Options {
  readonly name: string
  readonly annotations?: Readonly<Record<string, string>>
  /** Place of the object's fields. */
  readonly origin: Origin
  /** Before KEDA 2.18, `metadata.type` of cpu and memory is understood. */
  readonly oldMetricType: boolean
}

/** Source: KEDA, scaledobject_types.go. */
const DEFAULTS = { pollingInterval: 30, cooldownPeriod: 300, initialCooldownPeriod: 0, minReplicaCount: 0, maxReplicaCount: 100 }

/** Puts the policy of a ScaledObject on the component, each part with its place. */
export function applyScaledObject(
  draft: ComponentDraft,
  written: ScaledObjectWritten,
  { use, name, annotations, origin, oldMetricType }: Options & { readonly use: UseContext },
): readonly Diagnostic[] {
  const spec = { ...DEFAULTS, ...written }
  const at = (...path: readonly (string | number)[]): Origin => within(origin, ...path)
  const config = at('advanced', 'horizontalPodAutoscalerConfig', 'behavior')
  const composed = written.advanced?.scalingModifiers
  const modifiers = composed === undefined ? NONE : lowerModifiers(composed, at('advanced', 'scalingModifiers'))
  const rules = written.advanced?.horizontalPodAutoscalerConfig?.behavior
  const behavior = rules === undefined ? undefined : lowerBehavior(rules, config)
  const envContainer = written.scaleTargetRef?.envSourceContainerName
  const lowered = lowerTriggers(draft, written.triggers, {
    use,
    origin: at('triggers'),
    composed: composed !== undefined,
    oldMetricType,
    ...(envContainer === undefined || envContainer === '' ? {} : { envContainer }),
  })
  const put = (patch: Partial<ScalePolicy>, ...path: readonly string[]): void => draft.scale(patch, at(...path))
  put({ by: 'keda', name, origin })
  put({ min: spec.minReplicaCount }, 'minReplicaCount')
  put({ max: spec.maxReplicaCount }, 'maxReplicaCount')
  if (spec.idleReplicaCount !== undefined) put({ idle: spec.idleReplicaCount }, 'idleReplicaCount')
  put({ pollMs: spec.pollingInterval * 1000 }, 'pollingInterval')
  put({ cooldownMs: spec.cooldownPeriod * 1000 }, 'cooldownPeriod')
  put({ initialCooldownMs: spec.initialCooldownPeriod * 1000 }, 'initialCooldownPeriod')
  put({ triggers: lowered.triggers }, 'triggers')
  if (spec.fallback !== undefined) put({ fallback: spec.fallback }, 'fallback')
  if (behavior !== undefined) put({ behavior: behavior.behavior }, 'advanced', 'horizontalPodAutoscalerConfig', 'behavior')
  if (modifiers.modifiers !== undefined) put({ modifiers: modifiers.modifiers }, 'advanced', 'scalingModifiers')
  if (annotations !== undefined && Object.keys(annotations).length > 0) put({ annotations })
  return [
    ...lowered.diagnostics,
    ...modifiers.diagnostics,
    ...(behavior?.diagnostics ?? []),
    // What a trigger with a mistake is called is not known: its mistake comes first.
    ...(modifiers.modifiers === undefined || lowered.triggers.length < written.triggers.length
      ? []
      : checkComposed(modifiers.modifiers, lowered.triggers, spec.fallback)),
    ...(written.triggers.length === 0 ? [noTriggers(at('triggers'))] : []),
    ...withoutEffect(written, at),
  ]
}

const NONE: { readonly modifiers?: ScaleModifiers; readonly diagnostics: readonly Diagnostic[] } = { diagnostics: [] }

function noTriggers(origin: Origin): Diagnostic {
  return problem({ code: 'MP2519', severity: 'error', message: 'no triggers defined in the ScaledObject', origin })
}

/** Source: KEDA, verifyScaledObjects: the operator has nothing to decide between the minimum and the maximum. */
function withoutEffect(written: ScaledObjectWritten, at: (...path: readonly string[]) => Origin): readonly Diagnostic[] {
  const { minReplicaCount = 0, idleReplicaCount, pollingInterval, cooldownPeriod, triggers } = written
  if (minReplicaCount === 0 || idleReplicaCount !== undefined) return []
  const cached = triggers.some(({ useCachedMetrics }) => useCachedMetrics)
  const warn = (key: string, when: string): Diagnostic =>
    problem({
      code: 'MP2520',
      severity: 'warning',
      message: `${key} has no effect: it matters only when ${when}`,
      origin: at(key),
      hint: 'from the minimum up the HPA decides, every 15 s; how fast it shrinks is set under advanced.horizontalPodAutoscalerConfig.behavior',
    })
  return [
    ...(pollingInterval === undefined || cached
      ? []
      : [warn('pollingInterval', 'minReplicaCount is 0, idleReplicaCount is set or useCachedMetrics is on')]),
    ...(cooldownPeriod === undefined ? [] : [warn('cooldownPeriod', 'minReplicaCount is 0 or idleReplicaCount is set')]),
  ]
}

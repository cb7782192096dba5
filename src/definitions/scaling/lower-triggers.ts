import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import { didYouMean } from '../../kernel/nearest.ts'
import type { InterceptorRoute, ScaleTrigger } from '../../model/scale-policy.ts'
import type { UseContext } from '../definition.ts'
import type { ComponentDraft } from '../draft.ts'
import { problem } from '../problem.ts'
import { lowerTrigger, type TriggerContext, type WrittenTrigger } from '../triggers/lower-trigger.ts'
import type { TriggersWritten } from './shapes.ts'

interface Options {
  readonly use: UseContext
  /** Place of the list. */
  readonly origin: Origin
  readonly envContainer?: string
  readonly composed: boolean
  readonly oldMetricType: boolean
}

/** Every trigger that can be lowered, and all that is wrong with the others. */
export function lowerTriggers(
  draft: ComponentDraft,
  written: TriggersWritten,
  options: Options,
): { readonly triggers: readonly ScaleTrigger[]; readonly diagnostics: readonly Diagnostic[] } {
  const { use, origin, ...common } = options
  const diagnostics: Diagnostic[] = []
  const triggers: ScaleTrigger[] = []
  for (const [index, one] of written.entries()) {
    const at = within(origin, index)
    const context: TriggerContext = {
      ...common,
      view: use.view,
      index,
      origin: at,
      component: { name: use.source.name, namespace: use.source.namespace },
      authentications: use.source.scaling?.authentications ?? [],
    }
    for (const part of throughInterceptor(one, use, { at, diagnostics })) {
      const outcome = lowerTrigger(part, context)
      diagnostics.push(...outcome.diagnostics)
      if (outcome.ok) triggers.push(outcome.value)
    }
  }
  for (const trigger of triggers) if (trigger.from.by === 'hand') noteByHand(draft, trigger, use.source.name)
  return { triggers, diagnostics: [...diagnostics, ...repeatedNames(written, origin)] }
}

function noteByHand(draft: ComponentDraft, trigger: ScaleTrigger, component: string): void {
  const text = `the value of trigger "${trigger.name}" is set with "minipaas metric set ${component} ${trigger.name} 42"`
  draft.note({ kind: 'not-simulated', subject: trigger.type, text, origin: within(trigger.origin, 'type') })
}

/** Source: KEDA, ValidateTriggers. */
function repeatedNames(written: TriggersWritten, origin: Origin): readonly Diagnostic[] {
  const first = new Map<string, number>()
  return written.flatMap(({ name }, index) => {
    if (name === undefined || name === '') return []
    const earlier = first.get(name)
    first.set(name, earlier ?? index)
    if (earlier === undefined) return []
    const message = `two triggers are called "${name}": names must be unique`
    const related = [{ message: 'first written', origin: within(origin, earlier, 'name') }]
    return [problem({ code: 'MP2502', severity: 'error', message, origin: within(origin, index, 'name'), related })]
  })
}

/**
 * A trigger that asks the KEDA HTTP add-on for a route becomes what the edge counts for it, one trigger for each metric.
 * Source: http-add-on, scaler/handlers.go.
 */
function throughInterceptor(
  written: TriggersWritten[number],
  use: UseContext,
  { at, diagnostics }: { readonly at: Origin; readonly diagnostics: Diagnostic[] },
): readonly WrittenTrigger[] {
  const [key, kind] = written.metadata['interceptorRoute'] === undefined ? HTTP_SCALED_OBJECT : INTERCEPTOR_ROUTE
  const name = written.type.startsWith('external') ? written.metadata[key] : undefined
  if (typeof name !== 'string') return [written]
  const routes = (use.source.scaling?.interceptorRoutes ?? []).filter((candidate) => candidate.kind === kind)
  const route = routes.find((candidate) => candidate.name === name)
  if (route !== undefined) return edgeTriggers(route, written)
  const nearest = didYouMean(
    name,
    routes.map((candidate) => candidate.name),
  )
  const hint = nearest ?? `add an ${kind} document "${name}" to the model`
  const message = `there is no ${kind} "${name}"`
  diagnostics.push(problem({ code: 'MP2506', severity: 'error', message, origin: within(at, 'metadata', key), hint }))
  return []
}

const INTERCEPTOR_ROUTE = ['interceptorRoute', 'InterceptorRoute'] as const
const HTTP_SCALED_OBJECT = ['httpScaledObject', 'HTTPScaledObject'] as const

export function edgeTriggers(
  route: Pick<InterceptorRoute, 'concurrency' | 'requestRate'>,
  written: { readonly name?: string },
): readonly WrittenTrigger[] {
  const { concurrency, requestRate } = route
  const named = written.name === undefined || (concurrency !== undefined && requestRate !== undefined) ? {} : { name: written.name }
  const http = (metadata: WrittenTrigger['metadata']): WrittenTrigger => ({ ...named, type: 'http', metadata, useCachedMetrics: false })
  return [
    ...(concurrency === undefined ? [] : [http({ metric: 'concurrency', target: String(concurrency.target) })]),
    ...(requestRate === undefined
      ? []
      : [
          http({
            metric: 'requestRate',
            target: String(requestRate.target),
            window: String(requestRate.windowMs),
            granularity: String(requestRate.granularityMs),
          }),
        ]),
  ]
}

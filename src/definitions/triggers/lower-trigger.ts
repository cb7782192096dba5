import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import { didYouMean } from '../../kernel/nearest.ts'
import { Collector, hasErrors, type Outcome } from '../../kernel/outcome.ts'
import type { ScaleTrigger, TriggerAuthentication } from '../../model/scale-policy.ts'
import type { DefinitionView, Measure, TriggerEntry } from '../definition.ts'
import { problem } from '../problem.ts'
import { isRecord, sayList } from '../wording.ts'
import { type Given, weigh } from './given.ts'
import { metricTypeOf } from './metric-type.ts'
import { triggerName } from './trigger-name.ts'

/** An entry of `triggers` as checked against its shape. Source: KEDA, ScaleTriggers. */
export interface WrittenTrigger {
  readonly type: string
  readonly name?: string
  readonly metadata: Readonly<Record<string, unknown>>
  readonly metricType?: string
  readonly useCachedMetrics: boolean
  readonly authenticationRef?: { readonly name: string; readonly kind: TriggerAuthentication['kind'] }
}

/** Where a trigger stands, and what it may refer to. */
export interface TriggerContext {
  readonly view: DefinitionView
  readonly index: number
  /** Place of the trigger. */
  readonly origin: Origin
  readonly component: { readonly name: string; readonly namespace: string }
  readonly authentications: readonly TriggerAuthentication[]
  /** The container that `...FromEnv` keys read; absent means the application's. */
  readonly envContainer?: string
  /** A formula uses the value: a target of its own is not needed. */
  readonly composed: boolean
  /** `metadata.type` of cpu and memory is still understood: before KEDA 2.18. */
  readonly oldMetricType: boolean
}

/** A trigger with its defaults, target and source; everything wrong with it has a place. */
export function lowerTrigger(written: WrittenTrigger, context: TriggerContext): Outcome<ScaleTrigger> {
  const { view, origin, index } = context
  const collector = new Collector()
  const entry = view.find('trigger', written.type)
  if (entry === undefined) {
    const hint = didYouMean(written.type, view.names('trigger'))
    const message = `unknown trigger type "${written.type}"`
    collector.add(problem({ code: 'MP2501', severity: 'error', message, origin: within(origin, 'type'), hint }))
    return { ok: false, diagnostics: collector.diagnostics }
  }
  const metricType = collector.take(metricTypeOf(written, { entry, origin, old: context.oldMetricType }))
  if (written.useCachedMetrics && ['cpu', 'memory', 'cron'].includes(written.type)) {
    const message = `property "useCachedMetrics" is not supported for "${written.type}" scaler`
    collector.add(problem({ code: 'MP2504', severity: 'error', message, origin: within(origin, 'useCachedMetrics') }))
  }
  const authentication = collector.take(findAuthentication(written, context))
  const metadata = collector.take(checkMetadata(written, entry, origin))
  if (metadata === undefined || metricType === undefined || authentication === undefined) return collector.conclude(undefined as never)
  const given = weigh(entry.metadata, metadata, authentication.parameters)
  if (authentication.notSimulated.length === 0) checkGiven(given, entry, { origin, collector, type: written.type, metricType })
  const measure = entry.measure(given, { metricType, namespace: context.component.namespace })
  const target = targetOf(measure, context, collector)
  if (target === undefined || hasErrors(collector.diagnostics)) return { ok: false, diagnostics: collector.diagnostics }
  const name = written.name ?? triggerName(index, measure.metric ?? written.type)
  const byHand = measure.from.by === 'hand' || authentication.notSimulated.length > 0
  const trigger: ScaleTrigger = {
    name,
    named: written.name !== undefined,
    type: written.type,
    metadata: given.metadata,
    metricType,
    target,
    activation: measure.activation,
    useCachedMetrics: written.useCachedMetrics,
    from: byHand ? { by: 'hand' } : measure.from,
    auth: given.auth,
    ...(context.envContainer === undefined ? {} : { envContainer: context.envContainer }),
    origin,
  }
  if (byHand) {
    const why = whyByHand(entry, authentication)
    const { component } = context
    collector.add(setByHand({ trigger: name, subject: written.type, component: component.name, why, origin: within(origin, 'type') }))
  }
  return collector.conclude(trigger)
}

/** The note on a trigger without a reader. */
export function setByHand(of: {
  readonly trigger: string
  readonly subject: string
  readonly component: string
  readonly why: string
  readonly origin: Origin
}): Diagnostic {
  const { trigger, subject, component, why, origin } = of
  const message = `trigger "${subject}": ${why}; its value is set with "minipaas metric set ${component} ${trigger} 42"`
  return problem({ code: 'MP2507', severity: 'note', message, origin })
}

function whyByHand(entry: TriggerEntry, authentication: Pick<TriggerAuthentication, 'notSimulated'>): string {
  if (entry.simulation.level === 'known') return entry.simulation.why
  return `${sayList(authentication.notSimulated)} of its authentication is not simulated`
}

function findAuthentication(
  { authenticationRef }: WrittenTrigger,
  { authentications, origin }: TriggerContext,
): Outcome<Pick<TriggerAuthentication, 'parameters' | 'notSimulated'>> {
  if (authenticationRef === undefined) return { ok: true, value: { parameters: {}, notSimulated: [] }, diagnostics: [] }
  const { kind, name } = authenticationRef
  const found = authentications.find((candidate) => candidate.kind === kind && candidate.name === name)
  if (found !== undefined) return { ok: true, value: found, diagnostics: [] }
  const other = authentications.find((candidate) => candidate.name === name)
  const names = authentications.filter((candidate) => candidate.kind === kind).map((candidate) => candidate.name)
  const hint = other !== undefined ? `"${name}" is a ${other.kind}: add kind: ${other.kind}` : didYouMean(name, names)
  const at = within(origin, 'authenticationRef', 'name')
  const message = `there is no ${kind} "${name}"`
  return {
    ok: false,
    diagnostics: [problem({ code: 'MP2506', severity: 'error', message, origin: at, hint: hint ?? `add a ${kind} document to the model` })],
  }
}

/** Texts of the metadata, in the form their keys ask for. What is empty is not given. */
function checkMetadata(written: WrittenTrigger, entry: TriggerEntry, origin: Origin): Outcome<Readonly<Record<string, string>>> {
  const given = Object.entries(written.metadata).filter(([key, value]) => value !== '' && value !== null && !isOldType(written.type, key))
  const place = within(origin, 'metadata')
  const outcome = entry.parse(Object.fromEntries(given.map(([key, value]) => [key, standIn(entry, key, value)])), place)
  const diagnostics = outcome.diagnostics.map((each) => ({ ...each, message: `trigger "${written.type}": ${each.message}` }))
  if (!outcome.ok) return { ok: false, diagnostics }
  const wrong = Object.entries(outcome.value).filter(([, value]) => typeof value !== 'string')
  if (wrong.length === 0) return { ok: true, value: withoutPresets(outcome.value, given), diagnostics }
  const refused = wrong.map(([key, value]) => {
    const hint = isRecord(value) || Array.isArray(value) ? undefined : `put it in quotes: "${String(value)}"`
    const message = `trigger "${written.type}": "${key}" must be text`
    return problem({ code: 'MP2101', severity: 'error', message, origin: within(place, key), hint })
  })
  return { ok: false, diagnostics: [...diagnostics, ...refused] }
}

/** Presets are filled in once all places of a key were looked at. */
function withoutPresets(
  parsed: Readonly<Record<string, string>>,
  given: readonly (readonly [string, unknown])[],
): Readonly<Record<string, string>> {
  const keys = new Set(given.map(([key]) => key))
  return Object.fromEntries(Object.entries(parsed).filter(([key]) => keys.has(key)))
}

/** An input without a value yet is shown as `‹input name›`; where a number is wanted, an example stands for it. */
function standIn(entry: TriggerEntry, key: string, value: unknown): unknown {
  const declared = entry.metadata[key]
  if (typeof value !== 'string' || !/^‹input .*›$/.test(value) || declared === undefined) return value
  return declared.form === undefined && declared.values === undefined ? value : (declared.examples[0] ?? value)
}

/** The old place of the metric type is no metadata of the trigger. */
function isOldType(type: string, key: string): boolean {
  return key === 'type' && (type === 'cpu' || type === 'memory')
}

interface Place {
  readonly origin: Origin
  readonly collector: Collector
  readonly type: string
  readonly metricType: ScaleTrigger['metricType']
}

function checkGiven(given: Given, entry: TriggerEntry, { origin, collector, type, metricType }: Place): void {
  for (const [key, declared] of Object.entries(entry.metadata)) {
    if (!declared.required || declared.places === 'M' || given.has(key)) continue
    const places = [...declared.places].map((place) => PLACES[place as keyof typeof PLACES](key))
    const message = `trigger "${type}": "${key}" is missing`
    const hint = `give ${sayList(places).replaceAll('"', '')}`
    collector.add(problem({ code: 'MP2102', severity: 'error', message, origin: within(origin, 'metadata'), hint }))
  }
  for (const { code, message, at, hint } of entry.relate(given, metricType)) {
    const place = at === undefined ? within(origin, 'metadata') : within(origin, 'metadata', at)
    collector.add(problem({ code, severity: 'error', message: `trigger "${type}": ${message}`, origin: place, hint }))
  }
}

const PLACES = {
  M: (key: string) => `${key} in the metadata`,
  E: (key: string) => `${key}FromEnv with the name of a variable`,
  A: (key: string) => `a TriggerAuthentication with the parameter ${key}`,
} as const

function targetOf(measure: Measure, { origin, composed }: TriggerContext, collector: Collector): number | undefined {
  const { target, targetKey } = measure
  if (target !== undefined && target > 0) return target
  if (composed) return 1
  const at = targetKey === undefined ? within(origin, 'metadata') : within(origin, 'metadata', targetKey)
  if (target === undefined && hasErrors(collector.diagnostics)) return undefined
  const name = targetKey === undefined ? 'the target' : `"${targetKey}"`
  const message = target === undefined ? `${name} is missing in the metadata` : `${name} must be above 0, found ${target}`
  collector.add(problem({ code: target === undefined ? 'MP2102' : 'MP2105', severity: 'error', message, origin: at }))
  return undefined
}

import { within } from '../kernel/diagnostic.ts'
import { Collector, hasErrors, type Outcome } from '../kernel/outcome.ts'
import type { Component, ComponentSource } from '../model/component.ts'
import type { Use } from '../model/use.ts'
import { RecordedDraft } from './component-draft.ts'
import { checkConflicts, checkScalers } from './conflicts.ts'
import type { ComponentTypeEntry, DefinitionView, Prepared, Resolution, TraitEntry, UseContext } from './definition.ts'
import { checkPod, completeDraft } from './finishing.ts'
import { fillInputs } from './inputs.ts'
import type { ParameterNote } from './parameters.ts'
import { lookUp, notSimulated, parametersOrigin, sayKind, sayWriter } from './use-words.ts'

/**
 * Builds a component as the cloud would: its type first, then the traits in list order, then what the overlay adds.
 * Inputs that have no value yet are replaced by stand-ins, so that everything else can be checked and shown.
 */
export function resolveComponent(
  view: DefinitionView,
  source: ComponentSource,
  inputs: ReadonlyMap<string, unknown> = new Map(),
): Outcome<Resolution> {
  const collector = new Collector()
  const filled = fillInputs(source, inputs)
  collector.add(...filled.diagnostics)
  const plan = preparePlan(view, filled.source, collector)
  if (plan === undefined || hasErrors(collector.diagnostics)) return { ok: false, diagnostics: collector.diagnostics }

  const draft = new RecordedDraft(filled.source)
  const component = plan.simulated ? build(draft, plan, { source: filled.source, view }) : buildNothing(draft, plan)
  collector.add(...draft.diagnostics)
  if (plan.simulated) collector.add(...checkPod(draft, component))
  return collector.conclude({ component, provenance: draft.book.resolve(component) })
}

interface PlannedUse {
  readonly use: Use
  readonly entry: ComponentTypeEntry | TraitEntry
  readonly prepared: Prepared
}

interface Plan {
  readonly simulated: boolean
  readonly type: PlannedUse & { readonly entry: ComponentTypeEntry }
  readonly traits: readonly PlannedUse[]
  readonly documents: readonly PlannedUse[]
  readonly local: readonly PlannedUse[]
}

/** Checks every use, so that one run reports all mistakes; undefined when the component type is not usable. */
function preparePlan(view: DefinitionView, source: ComponentSource, collector: Collector): Plan | undefined {
  const entry = lookUp(view, 'component', source.type, collector)
  const prepared = entry === undefined ? undefined : collector.take(entry.prepare(source.type.params, parametersOrigin(source.type)))
  const prepareAll = (uses: readonly Use[]) =>
    uses.flatMap((use): PlannedUse[] => {
      const trait = lookUp(view, 'trait', use, collector)
      const ready = trait === undefined ? undefined : collector.take(trait.prepare(use.params, parametersOrigin(use)))
      return trait === undefined || ready === undefined ? [] : [{ use, entry: trait, prepared: ready }]
    })
  const traits = prepareAll(source.traits)
  const documents = prepareAll(source.scaling?.uses ?? [])
  const local = prepareAll(source.local)
  collector.add(...checkConflicts(traits), ...checkScalers(source, [...traits, ...documents]))
  if (entry === undefined || prepared === undefined) return undefined
  const type = { use: source.type, entry, prepared }
  return { simulated: entry.simulation.level === 'simulated', type, traits, documents, local }
}

interface World {
  readonly source: ComponentSource
  readonly view: DefinitionView
}

function build(draft: RecordedDraft, plan: Plan, world: World): Component {
  const { source } = world
  for (const planned of [plan.type, ...plan.traits, ...plan.documents, ...plan.local]) apply(draft, planned, world)
  const traits = plan.traits.map(({ use, entry }) => ({
    type: use.type,
    simulated: entry.simulation.level === 'simulated',
    origin: use.origin,
  }))
  draft.begin('minipaas', source.origin)
  completeDraft(draft, draft.finish(plan.type.entry.workload, traits))
  return draft.finish(plan.type.entry.workload, traits)
}

function apply(draft: RecordedDraft, planned: PlannedUse, world: World): void {
  const { use, entry, prepared } = planned
  const context = contextOf(use, world)
  draft.begin(sayWriter(use), use.origin)
  if (entry.simulation.level === 'known') {
    noteKnown(draft, planned, entry.simulation.why)
    return
  }
  for (const note of prepared.notes) noteParameter(draft, use, note)
  for (const diagnostic of prepared.run(draft, context)) draft.report(diagnostic)
}

/** A component that is only known has no containers for traits to change: they are checked and listed. */
function buildNothing(draft: RecordedDraft, plan: Plan): Component {
  const { use, entry } = plan.type
  const why = entry.simulation.level === 'known' ? entry.simulation.why : ''
  draft.begin(use.type, use.origin)
  noteKnown(draft, plan.type, why)
  draft.run({ type: 'not-simulated', why }, within(use.origin, 'type'))
  for (const { use: local } of [...plan.documents, ...plan.local]) {
    draft.note({ kind: 'not-simulated', subject: sayKind(local), text: `without effect: ${why}`, origin: local.origin })
  }
  const traits = plan.traits.map((planned) => ({ type: planned.use.type, simulated: false, origin: planned.use.origin }))
  return draft.finish(entry.workload, traits)
}

function noteKnown(draft: RecordedDraft, { use, entry }: PlannedUse, why: string): void {
  draft.report(notSimulated(entry.kind, use, why))
  draft.note({ kind: 'not-simulated', subject: use.type, text: why, origin: within(use.origin, 'type') })
}

function noteParameter(draft: RecordedDraft, use: Use, { path, disposition, origin }: ParameterNote): void {
  const kind = disposition.kind === 'noted' ? disposition.as : 'not-simulated'
  draft.note({ kind, subject: `${sayKind(use)}.${path.join('.')}`, text: disposition.text, origin })
}

function contextOf(use: Use, { source, view }: World): UseContext {
  const origin = parametersOrigin(use)
  return { source, origin, at: (...path) => within(origin, ...path), view }
}

import type { Origin } from '../kernel/diagnostic.ts'
import type { Outcome } from '../kernel/outcome.ts'
import type {
  ComponentTypeDefinition,
  ComponentTypeEntry,
  PolicyDefinition,
  PolicyEntry,
  Prepared,
  TraitDefinition,
  TraitEntry,
  TriggerDefinition,
  TriggerEntry,
  WorkflowStepDefinition,
  WorkflowStepEntry,
} from './definition.ts'
import { type Checked, checkParameters, parseParameters } from './parameters.ts'
import type { Schema } from './schema.ts'
import { metadataSchema } from './triggers/metadata-schema.ts'

/** A component type for a plugin's list; its parameter type is erased by closing over it. */
export function defineComponentType<P>(definition: ComponentTypeDefinition<P>): ComponentTypeEntry {
  const { build, ...described } = definition
  return { ...described, ...checks(definition.parameters), prepare: prepare(definition.parameters, build) }
}

/** A trait for a plugin's list; its parameter type is erased by closing over it. */
export function defineTrait<P>(definition: TraitDefinition<P>): TraitEntry {
  const { apply, ...described } = definition
  return {
    ...described,
    conflictsWith: definition.conflictsWith ?? [],
    scales: definition.scales ?? false,
    ...checks(definition.parameters),
    prepare: prepare(definition.parameters, apply),
  }
}

/** A policy; keeps its parameter type for the loader that gives it meaning. */
export function definePolicy<P>(definition: PolicyDefinition<P>): PolicyEntry<P> {
  return { ...definition, ...checks(definition.parameters) }
}

/** A workflow step type; keeps its parameter type for the loader that gives it meaning. */
export function defineWorkflowStep<P>(definition: WorkflowStepDefinition<P>): WorkflowStepEntry<P> {
  return { ...definition, ...checks(definition.parameters) }
}

/** A trigger; its metadata keys become the declared shape of its parameters. */
export function defineTrigger(definition: TriggerDefinition): TriggerEntry {
  const open = definition.open ?? false
  const parameters = metadataSchema(definition.metadata, open)
  return {
    ...definition,
    open,
    parameters,
    metricTypes: definition.metricTypes ?? ['AverageValue', 'Value'],
    needsMetricType: definition.needsMetricType ?? false,
    relate: definition.relate ?? (() => []),
    ...checks(parameters),
  }
}

function checks<P>(parameters: Schema<P>) {
  return {
    parse: (raw: unknown, origin: Origin): Outcome<P> => parseParameters(parameters, raw, origin),
    check: (raw: unknown, origin: Origin): Outcome<Checked<P>> => checkParameters(parameters, raw, origin),
  }
}

function prepare<P>(parameters: Schema<P>, act: TraitDefinition<P>['apply']) {
  return (raw: unknown, origin: Origin): Outcome<Prepared> => {
    const checked = checkParameters(parameters, raw, origin)
    if (!checked.ok) return checked
    const { value, notes } = checked.value
    return { ok: true, value: { notes, run: (draft, use) => act?.(draft, value, use) ?? [] }, diagnostics: checked.diagnostics }
  }
}

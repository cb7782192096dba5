import type { Diagnostic, Origin } from '../kernel/diagnostic.ts'
import type { Outcome } from '../kernel/outcome.ts'
import type { Component, ComponentSource, Provenance, WorkloadKind } from '../model/component.ts'
import type { ScaleTrigger, TriggerSource } from '../model/scale-policy.ts'
import type { ComponentDraft } from './draft.ts'
import type { Checked } from './parameters.ts'
import type { Schema } from './schema.ts'
import type { Complaint } from './triggers/checks.ts'
import type { Given } from './triggers/given.ts'
import type { MetadataKey } from './triggers/metadata-key.ts'

export type DefinitionKind = 'component' | 'trait' | 'policy' | 'workflow-step' | 'trigger' | 'sidecar'

/** How much of a type minipaas does. `known`: accepted, parameters checked, listed by `status`, nothing happens. */
export type Simulation = { readonly level: 'simulated' } | { readonly level: 'known'; readonly why: string }

/** The use that is being applied: who wrote it, and where. */
export interface UseContext {
  readonly source: ComponentSource
  /** Place of the parameters. */
  readonly origin: Origin
  /** Place of one parameter. */
  at(...path: readonly (string | number)[]): Origin
  /** For definitions whose parameters name others: an autoscaler names triggers. */
  readonly view: DefinitionView
}

interface DefinitionBase<K extends DefinitionKind, P> {
  readonly kind: K
  /** The name users write. A trailing `*` (`aws-*`) stands for all names that begin so. */
  readonly type: string
  readonly aliases?: readonly string[]
  readonly simulation: Simulation
  /** Declared shape: checks, types and documents the parameters. */
  readonly parameters: Schema<P>
  /** Paths (with `*` for any key or index) below the parameters whose scalar values are secret. */
  readonly secretPaths?: readonly (readonly string[])[]
}

/** A component type: builds the first draft of a component. Types that are only known build nothing. */
export interface ComponentTypeDefinition<P> extends DefinitionBase<'component', P> {
  readonly workload: WorkloadKind
  readonly build?: (draft: ComponentDraft, params: P, use: UseContext) => readonly Diagnostic[]
}

/** A trait: changes the draft; applied in the order of the user's list. Traits that are only known change nothing. */
export interface TraitDefinition<P> extends DefinitionBase<'trait', P> {
  readonly conflictsWith?: readonly string[]
  /** It decides the number of replicas as load changes: a component has at most one such. */
  readonly scales?: boolean
  readonly apply?: (draft: ComponentDraft, params: P, use: UseContext) => readonly Diagnostic[]
}

/** A policy or workflow step: only its parameters are checked here; the dialect and the control core give it meaning. */
export interface PolicyDefinition<P> extends DefinitionBase<'policy', P> {}
export interface WorkflowStepDefinition<P> extends DefinitionBase<'workflow-step', P> {}

/** How many units one reading is worth, what counts as active, and where it comes from. */
export interface Measure {
  /** Units of one replica, above 0; undefined where the trigger names none. */
  readonly target: number | undefined
  /** The key that names the target. */
  readonly targetKey?: string
  /** Active strictly above it. */
  readonly activation: number
  readonly from: TriggerSource
  /** KEDA's name of the metric without its index, where it is known before it is read (`redis-jobs`). */
  readonly metric?: string
}

/**
 * A trigger: what makes a component grow. The metadata keys with their places, presets and forms are KEDA's; what they say together
 * becomes a measure. Triggers that are only known are accepted with any metadata, and their value is set by hand.
 */
export interface TriggerDefinition {
  readonly kind: 'trigger'
  readonly type: string
  readonly aliases?: readonly string[]
  readonly simulation: Simulation
  readonly metadata: Readonly<Record<string, MetadataKey>>
  /** Other keys are accepted and handed on. */
  readonly open?: boolean
  /** Which `metricType`s are accepted; the first is meant when none is given. Absent: AverageValue and Value. */
  readonly metricTypes?: readonly ScaleTrigger['metricType'][]
  /** A metric type must be given. */
  readonly needsMetricType?: boolean
  /** What must hold between the keys. */
  readonly relate?: (given: Given, metricType: ScaleTrigger['metricType']) => readonly Complaint[]
  readonly measure: (given: Given, trigger: { readonly metricType: ScaleTrigger['metricType']; readonly namespace: string }) => Measure
}

/** Checked parameters bound to what the definition does with them; the parameter type stays inside. */
export interface Prepared {
  readonly notes: Checked<unknown>['notes']
  run(draft: ComponentDraft, use: UseContext): readonly Diagnostic[]
}

interface EntryBase<K extends DefinitionKind, P> extends DefinitionBase<K, P> {
  /** Checks and types the parameters. Undeclared keys are warnings with the nearest known key. */
  readonly parse: (raw: unknown, origin: Origin) => Outcome<P>
  /** Like `parse`, with the given parameters that do not do here what they do in a cluster. */
  readonly check: (raw: unknown, origin: Origin) => Outcome<Checked<P>>
}

/** Definitions as the registry holds them, made by `defineComponentType`, `defineTrait`, `definePolicy`, `defineWorkflowStep`. */
export interface ComponentTypeEntry extends EntryBase<'component', unknown> {
  readonly workload: WorkloadKind
  readonly prepare: (raw: unknown, origin: Origin) => Outcome<Prepared>
}
export interface TraitEntry extends EntryBase<'trait', unknown> {
  readonly conflictsWith: readonly string[]
  readonly scales: boolean
  readonly prepare: (raw: unknown, origin: Origin) => Outcome<Prepared>
}
export interface PolicyEntry<P = unknown> extends EntryBase<'policy', P> {}
export interface WorkflowStepEntry<P = unknown> extends EntryBase<'workflow-step', P> {}

export interface TriggerEntry
  extends EntryBase<'trigger', Readonly<Record<string, string>>>,
    Required<Pick<TriggerDefinition, 'metadata' | 'open' | 'metricTypes' | 'needsMetricType' | 'relate' | 'measure'>> {}

export type AnyDefinition = ComponentTypeEntry | TraitEntry | PolicyEntry | WorkflowStepEntry | TriggerEntry

/** A named bundle of definitions; built-ins use the same door as plugins. */
export interface Plugin {
  readonly name: string
  readonly api: 1
  readonly requires?: readonly string[]
  readonly definitions: readonly AnyDefinition[]
}

/** What loaders and the planner may ask a registry. `type@version` pins are stripped before the look-up. */
export interface DefinitionView {
  find<K extends DefinitionKind>(kind: K, type: string): Extract<AnyDefinition, { kind: K }> | undefined
  /** All names and aliases of a kind, sorted. */
  names(kind: DefinitionKind): readonly string[]
}

/** A resolved component with where its values came from. */
export interface Resolution {
  readonly component: Component
  readonly provenance: readonly Provenance[]
}

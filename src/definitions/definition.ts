import type { Diagnostic, Origin } from '../kernel/diagnostic.ts'
import type { Outcome } from '../kernel/outcome.ts'
import type { Component, ComponentSource, Provenance, WorkloadKind } from '../model/component.ts'
import type { ComponentDraft } from './draft.ts'

export type DefinitionKind = 'component' | 'trait' | 'policy' | 'workflow-step' | 'trigger' | 'sidecar'

/** How much of a type minipaas does. `known`: accepted, parameters checked, listed by `status`, nothing happens. */
export type Simulation = { readonly level: 'simulated' } | { readonly level: 'known'; readonly why: string }

interface DefinitionBase<K extends DefinitionKind, P> {
  readonly kind: K
  readonly type: string
  readonly aliases?: readonly string[]
  readonly simulation: Simulation
  /** Checks and types the parameters. Undeclared keys are warnings with the nearest known key. */
  readonly parse: (raw: unknown, origin: Origin) => Outcome<P>
  /** Paths (with `*` for any key or index) below the parameters whose scalar values are secret. */
  readonly secretPaths?: readonly (readonly string[])[]
}

/** A component type: builds the first draft of a component. */
export interface ComponentTypeDefinition<P> extends DefinitionBase<'component', P> {
  readonly workload: WorkloadKind
  readonly build: (draft: ComponentDraft, params: P, source: ComponentSource) => readonly Diagnostic[]
}

/** A trait: changes the draft; applied in the order of the user's list. */
export interface TraitDefinition<P> extends DefinitionBase<'trait', P> {
  readonly conflictsWith?: readonly string[]
  readonly apply: (draft: ComponentDraft, params: P, source: ComponentSource) => readonly Diagnostic[]
}

/** A policy or workflow step: only its parameters are checked here; the dialect and the control core give it meaning. */
export interface PolicyDefinition<P> extends DefinitionBase<'policy', P> {}
export interface WorkflowStepDefinition<P> extends DefinitionBase<'workflow-step', P> {}

export type AnyDefinition =
  | ComponentTypeDefinition<never>
  | TraitDefinition<never>
  | PolicyDefinition<never>
  | WorkflowStepDefinition<never>

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

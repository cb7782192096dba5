import { type Origin, within } from '../../kernel/diagnostic.ts'
import type { ComponentSource } from '../../model/component.ts'
import { componentKey } from '../../model/names.ts'
import type { Use } from '../../model/use.ts'
import { bindInput, lowerInputs, lowerOutputs, type WrittenInput } from './inputs.ts'
import type { OverrideLayer } from './override-layer.ts'
import type { ApplicationText, ComponentText } from './schema.ts'

/** A component with what placement still has to work out. */
export interface WrittenComponent {
  readonly source: ComponentSource
  readonly dependsOn: readonly { readonly name: string; readonly origin: Origin }[]
  readonly inputs: readonly WrittenInput[]
  /** Override entries that changed it, in order. */
  readonly layers: readonly OverrideLayer[]
}

/** What all components of an application share. */
export interface ApplicationFacts {
  readonly name: string
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly publishVersion?: string
  readonly origin: Origin
}

export function lowerComponents(text: ApplicationText, facts: ApplicationFacts): WrittenComponent[] {
  return text.spec.components.map((component, index) => lowerComponent(component, facts, within(facts.origin, 'spec', 'components', index)))
}

function lowerComponent(text: ComponentText, facts: ApplicationFacts, origin: Origin): WrittenComponent {
  const inputs = lowerInputs(text.inputs, origin)
  const source: ComponentSource = {
    key: componentKey(facts.namespace, text.name),
    name: text.name,
    namespace: facts.namespace,
    app: facts.name,
    type: useOf(text.type, text.properties, origin),
    traits: (text.traits ?? []).map((trait, index) => useOf(trait.type, trait.properties, within(origin, 'traits', index))),
    local: [],
    needs: [],
    inputs: inputs.flatMap((input) => bindInput(input, 'prefix unless rooted') ?? []),
    outputs: lowerOutputs(text.outputs, origin),
    labels: facts.labels,
    annotations: facts.annotations,
    origin,
  }
  return {
    source,
    dependsOn: (text.dependsOn ?? []).map((name, index) => ({ name, origin: within(origin, 'dependsOn', index) })),
    inputs,
    layers: [],
  }
}

/** A use of a definition; its origin is the map that holds `type` and `properties`. */
export function useOf(type: string, properties: unknown, origin: Origin): Use {
  return { type, params: properties ?? {}, origin }
}

const NEVER_COPIED = /^(?:kubectl\.kubernetes\.io\/|app\.oam\.dev\/|filter\.oam\.dev\/)/

/** Labels and annotations of an application go to its components, except those a filter annotation lists. Source: KubeVela, pkg/oam/labels.go. */
export function copiedMetadata(
  entries: Readonly<Record<string, string>> | null | undefined,
  filter: string | undefined,
): Readonly<Record<string, string>> {
  const excluded = new Set((filter ?? '').split(',').map((key) => key.trim()))
  return Object.fromEntries(Object.entries(entries ?? {}).filter(([key]) => !excluded.has(key) && !NEVER_COPIED.test(key)))
}

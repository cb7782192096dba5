import { type Diagnostic, within } from '../../kernel/diagnostic.ts'
import { hasErrors } from '../../kernel/outcome.ts'
import type { AppModel } from '../../model/app-model.ts'
import type { ComponentSource } from '../../model/component.ts'
import { type ComponentKey, DEFAULT_NAMESPACE } from '../../model/names.ts'
import { rootOrigin, type SourceDoc } from '../source/source-doc.ts'
import type { TypeCheck } from '../type-check.ts'
import { type ApplicationFacts, copiedMetadata, lowerComponents, type WrittenComponent } from './components.ts'
import { checkDataFlow } from './data-flow.ts'
import { checkEnvelope } from './envelope.ts'
import { checkInputs } from './inputs.ts'
import { attachNeeds } from './ordering.ts'
import type { OverrideLayer } from './override-layer.ts'
import { Placement } from './placement.ts'
import { lowerPolicies } from './policies.ts'
import { APPLICATION, type ApplicationText } from './schema.ts'
import { lowerWorkflow } from './workflow.ts'

/** An application and the override entries that changed its components, by component. */
export interface LoweredApplication {
  readonly model: AppModel
  readonly layers: ReadonlyMap<ComponentKey, readonly OverrideLayer[]>
}

/** An application without the objects beside it; secret values are still in place. Undefined when the envelope has errors. */
export function lowerApplication(doc: SourceDoc, types: TypeCheck): LoweredApplication | undefined {
  const origin = rootOrigin(doc)
  const check = checkEnvelope(APPLICATION, doc.value, origin)
  types.add(...check.diagnostics)
  types.notes.push(...check.notes)
  if (hasErrors(check.diagnostics)) return undefined
  const text = doc.value as ApplicationText
  const facts = factsOf(text, origin)
  const components = lowerComponents(text, facts)
  types.add(
    ...repeatedComponents(components),
    ...components.flatMap((written) => checkInputs(written.inputs, written.source.traits.length)),
  )
  const policies = lowerPolicies(text.spec.policies ?? [], origin, types)
  const placement = new Placement({ ...facts, app: facts.name, components, policies }, types)
  const { workflow, steps } = lowerWorkflow(text, origin, placement, types)
  const flow = checkDataFlow({ components, placement, steps }, types)
  const needs = attachNeeds({ workflow, placement, flow }, types)
  types.add(...unapplied(components, placement))
  const model: AppModel = {
    ...facts,
    dialect: 'oam',
    components: components.map(({ source }) => needs.written(source)),
    workflow: needs.workflow,
    policies: policies.map(({ policy }) => policy),
    configs: [],
    secrets: [],
    services: [],
    notes: types.notes,
  }
  return { model, layers: layersOf(placement) }
}

function layersOf(placement: Placement): ReadonlyMap<ComponentKey, readonly OverrideLayer[]> {
  const layers = new Map<ComponentKey, readonly OverrideLayer[]>()
  for (const { key, written } of placement.placed) layers.set(key, [...(layers.get(key) ?? []), ...written.layers])
  return layers
}

function factsOf(text: ApplicationText, origin: ApplicationFacts['origin']): ApplicationFacts {
  const { metadata } = text
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? DEFAULT_NAMESPACE,
    labels: copiedMetadata(metadata.labels, metadata.annotations?.['filter.oam.dev/label-keys']),
    annotations: copiedMetadata(metadata.annotations, metadata.annotations?.['filter.oam.dev/annotation-keys']),
    origin,
  }
}

function repeatedComponents(components: readonly WrittenComponent[]): Diagnostic[] {
  const first = new Map<string, ComponentSource>()
  return components.flatMap(({ source }): Diagnostic[] => {
    const earlier = first.get(source.name)
    if (earlier === undefined) {
      first.set(source.name, source)
      return []
    }
    return [
      {
        code: 'MP3101',
        severity: 'error',
        message: `two components are called "${source.name}"`,
        origin: within(source.origin, 'name'),
        related: [{ message: 'first written', origin: within(earlier.origin, 'name') }],
        hint: 'names of components are unique within an application',
      },
    ]
  })
}

/** With a workflow of the user's own, a component that no step applies never runs. */
function unapplied(components: readonly WrittenComponent[], placement: Placement): Diagnostic[] {
  const applied = new Set(placement.placed.map(({ written }) => written.source.name))
  return components.flatMap(({ source }): Diagnostic[] =>
    applied.has(source.name)
      ? []
      : [
          {
            code: 'MP3115',
            severity: 'warning',
            message: `no workflow step applies component "${source.name}": it does not run`,
            origin: within(source.origin, 'name'),
            hint: 'add a step of type apply-component or deploy',
          },
        ],
  )
}

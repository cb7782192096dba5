import { applyOverride, type RawComponent, type RawTrait } from '../../definitions/policies/override.ts'
import type { OverrideParameters } from '../../definitions/policies/simulated.ts'
import { type Origin, within } from '../../kernel/diagnostic.ts'
import type { ComponentSource } from '../../model/component.ts'
import { componentKey } from '../../model/names.ts'
import type { Use } from '../../model/use.ts'
import type { TypeCheck } from '../type-check.ts'
import { useOf, type WrittenComponent } from './components.ts'
import type { OverrideLayer } from './override-layer.ts'
import type { WrittenPolicy } from './policies.ts'

/** What is carried through the override unchanged. */
interface Carried extends RawComponent {
  readonly written?: WrittenComponent
}
interface CarriedTrait extends RawTrait {
  readonly use?: Use
}

/** The components with the override policies of one step applied, in order. */
export function overrideComponents(
  components: readonly WrittenComponent[],
  policies: readonly WrittenPolicy[],
  context: { readonly types: TypeCheck; readonly model: Pick<ComponentSource, 'app' | 'namespace' | 'labels' | 'annotations'> },
): readonly WrittenComponent[] {
  let current = components
  for (const { policy, checked } of policies) {
    if (policy.type !== 'override') continue
    const origin = within(policy.origin, 'properties')
    const parameters = checked as OverrideParameters
    const result = applyOverride(current.map(toRaw), parameters, origin)
    context.types.add(...result.diagnostics)
    current = result.components.map((raw) => {
      const layers = (result.touched.get(raw.name) ?? []).flatMap((index): OverrideLayer[] => {
        const patch = parameters.components[index]
        return patch === undefined ? [] : [{ patch, origin: within(origin, 'components', index) }]
      })
      return fromRaw(raw, layers, context.model)
    })
  }
  return current
}

function toRaw(written: WrittenComponent): Carried {
  const { name, type, traits } = written.source
  return {
    name,
    type: type.type,
    properties: type.params,
    traits: traits.map((use): CarriedTrait => ({ type: use.type, properties: use.params, use })),
    written,
  }
}

function fromRaw(
  raw: Carried,
  layers: readonly OverrideLayer[],
  model: Parameters<typeof overrideComponents>[2]['model'],
): WrittenComponent {
  const { written } = raw
  if (written !== undefined && layers.length === 0) return written
  const last = layers.at(-1)
  const origin = written?.source.origin ?? last?.origin ?? { file: '', doc: 0, path: [] }
  const base: ComponentSource = written?.source ?? {
    ...model,
    key: componentKey(model.namespace, raw.name),
    name: raw.name,
    type: useOf(raw.type, raw.properties, origin),
    traits: [],
    local: [],
    needs: [],
    inputs: [],
    outputs: [],
    origin,
  }
  const traits = (raw.traits ?? []).map((trait: CarriedTrait) =>
    useOf(trait.type, trait.properties, trait.use?.origin ?? traitOrigin(trait.type, layers, origin)),
  )
  const source = { ...base, type: useOf(raw.type, raw.properties, base.type.origin), traits }
  return {
    source,
    dependsOn: written?.dependsOn ?? [],
    inputs: written?.inputs ?? [],
    layers: [...(written?.layers ?? []), ...layers],
  }
}

function traitOrigin(type: string, layers: readonly OverrideLayer[], fallback: Origin): Origin {
  for (const { patch, origin } of layers.toReversed()) {
    const index = (patch.traits ?? []).findLastIndex((trait) => trait.type === type)
    if (index >= 0) return within(origin, 'traits', index)
  }
  return fallback
}

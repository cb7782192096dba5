import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import { didYouMean } from '../../kernel/nearest.ts'
import type { ComponentSource, Need } from '../../model/component.ts'
import { type ComponentKey, componentKey } from '../../model/names.ts'
import type { WorkflowStep } from '../../model/workflow.ts'
import type { TypeCheck } from '../type-check.ts'
import type { WrittenComponent } from './components.ts'
import { bindInput, type KeyRule } from './inputs.ts'
import type { OverrideLayer, OverrideLayers } from './override-layer.ts'
import { overrideComponents } from './overrides.ts'
import { LOCAL_CLUSTER, unknownCluster, type WrittenPolicy } from './policies.ts'

/** An `apply-component` step's parameters. */
export interface ApplyComponent {
  readonly component: string
  readonly cluster: string
  readonly namespace: string
  /** Of the parameters. */
  readonly origin: Origin
}

/** What placement works on. */
export interface PlacementFacts {
  readonly app: string
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly components: readonly WrittenComponent[]
  readonly policies: readonly WrittenPolicy[]
  readonly origin: Origin
}

/**
 * Works out statically which components a step applies, where, and with which overrides.
 * Sources: KubeVela, deploy.go (topology, then override) and step/generator.go (generated steps).
 */
export class Placement {
  readonly #facts: PlacementFacts
  readonly #types: TypeCheck
  /** Every placed component with what it was made of. */
  readonly placed: { readonly key: ComponentKey; readonly written: WrittenComponent }[] = []

  constructor(facts: PlacementFacts, types: TypeCheck) {
    this.#facts = facts
    this.#types = types
  }

  /** The steps KubeVela generates when none is written. */
  generate(): WorkflowStep[] {
    const { policies, components, origin } = this.#facts
    const topologies = policies.filter(({ policy }) => policy.type === 'topology').map(({ policy }) => policy.name)
    const overrides = policies.filter(({ policy }) => policy.type === 'override').map(({ policy }) => policy.name)
    const place = within(origin, 'spec', 'policies')
    if (topologies.length > 0) return topologies.map((name) => this.#deployStep(`deploy-${name}`, [...overrides, name], place))
    const references = components.some(({ source }) => source.type.type.split('@')[0] === 'ref-objects')
    if (overrides.length > 0 || references) return [this.#deployStep('deploy', overrides, place)]
    return components.map((written) => this.#applyStep(written))
  }

  /** Components that a `deploy` step applies: each placement of its topologies, with its overrides. */
  deploy(policies: readonly string[], origin: Origin): ComponentSource[] {
    const known = new Map(this.#facts.policies.map((written) => [written.policy.name, written]))
    const chosen: WrittenPolicy[] = []
    for (const [index, name] of policies.entries()) {
      const written = known.get(name)
      if (written === undefined) this.#types.add(unknownPolicy(name, within(origin, index), this.#facts.policies))
      else chosen.push(written)
    }
    const components = overrideComponents(this.#facts.components, chosen, { types: this.#types, model: this.#facts })
    const topologies = chosen.flatMap(({ policy }) => (policy.type === 'topology' ? [policy] : []))
    const namespaces = topologies.length === 0 ? [undefined] : topologies.map((policy) => policy.namespace)
    const distinct = [...new Set(namespaces.map((namespace) => namespace ?? this.#facts.namespace))]
    return distinct.flatMap((namespace) => components.map((written) => this.#place(written, namespace, 'prefix always')))
  }

  /** The component that an `apply-component` step applies. */
  applyComponent({ component, cluster, namespace, origin }: ApplyComponent): ComponentSource[] {
    if (cluster !== '' && cluster !== LOCAL_CLUSTER) this.#types.add(unknownCluster(cluster, within(origin, 'cluster')))
    const written = this.#facts.components.find(({ source }) => source.name === component)
    if (written !== undefined) return [this.#place(written, namespace === '' ? this.#facts.namespace : namespace, 'prefix unless rooted')]
    const names = this.#facts.components.map(({ source }) => source.name)
    this.#types.add(unknownComponent(component, within(origin, 'component'), names))
    return []
  }

  /** The override entries that changed each placed component. */
  layers(): OverrideLayers {
    const layers = new Map<ComponentKey, readonly OverrideLayer[]>()
    for (const { key, written } of this.placed) layers.set(key, [...(layers.get(key) ?? []), ...written.layers])
    return layers
  }

  #place(written: WrittenComponent, namespace: string, rule: KeyRule): ComponentSource {
    const { source } = written
    const key = componentKey(namespace, source.name)
    this.placed.push({ key, written })
    return { ...source, key, namespace, inputs: written.inputs.flatMap((input) => bindInput(input, rule) ?? []) }
  }

  #deployStep(name: string, policies: readonly string[], origin: Origin): WorkflowStep {
    const components = this.deploy(policies, origin)
    const work = { do: 'apply', components, parallelism: 5, approve: 'none' } as const
    return { name, type: 'deploy', work, dependsOn: [], inputs: [], outputs: [], origin }
  }

  #applyStep(written: WrittenComponent): WorkflowStep {
    const { source } = written
    const components = [this.#place(written, this.#facts.namespace, 'prefix unless rooted')]
    const work = { do: 'apply', components, parallelism: 1, approve: 'none' } as const
    const dependsOn = written.dependsOn.map(({ name }) => name)
    return { name: source.name, type: 'apply-component', work, dependsOn, inputs: [], outputs: [], origin: source.origin }
  }
}

/** What one component must wait for. */
export interface Dependency {
  readonly name: string
  readonly origin: Origin
}

/** Needs of a placed component: on the placement in its own namespace, otherwise on any; until healthy, which for a job is completed. */
export function needsOf(source: ComponentSource, dependencies: readonly Dependency[], placement: Placement, types: TypeCheck): Need[] {
  const needs = new Map<ComponentKey, Need>()
  for (const { name, origin } of dependencies) {
    const own = placement.placed.find(({ key }) => key === componentKey(source.namespace, name))
    const found = own ?? placement.placed.find(({ written }) => written.source.name === name)
    if (found === undefined || found.key === source.key || needs.has(found.key)) continue
    const job = types.view.find('component', found.written.source.type.type)?.workload === 'Job'
    needs.set(found.key, { on: found.key, until: job ? 'completed' : 'ready', origin })
  }
  return [...needs.values()]
}

function unknownPolicy(name: string, origin: Origin, policies: readonly WrittenPolicy[]): Diagnostic {
  const known = policies.map(({ policy }) => policy.name)
  const hint = didYouMean(name, known) ?? (known.length === 0 ? 'the application has no policies' : `known: ${known.join(', ')}`)
  const unnamed = policies.filter(({ policy, use }) => policy.name === use.type)
  const related = unnamed.map(({ policy }) => ({ message: 'a policy without a name', origin: within(policy.origin, 'name') }))
  return { code: 'MP3113', severity: 'error', message: `there is no policy "${name}" in this application`, origin, hint, related }
}

function unknownComponent(name: string, origin: Origin, known: readonly string[]): Diagnostic {
  const hint = didYouMean(name, known) ?? `known: ${known.slice(0, 10).join(', ')}`
  return { code: 'MP3114', severity: 'error', message: `there is no component "${name}" in this application`, origin, hint }
}

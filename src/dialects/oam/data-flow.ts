import { parseExpression } from '../../definitions/expression.ts'
import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import { didYouMean, nearestName } from '../../kernel/nearest.ts'
import type { OutputBinding } from '../../model/component.ts'
import type { TypeCheck } from '../type-check.ts'
import type { WrittenComponent } from './components.ts'
import { outputNameOf, type WrittenInput } from './inputs.ts'
import type { Dependency, Placement } from './placement.ts'
import type { WrittenStep } from './workflow.ts'

/** Everything that binds data in an application. */
export interface DataFlowFacts {
  readonly components: readonly WrittenComponent[]
  readonly placement: Placement
  readonly steps: readonly WrittenStep[]
}

/** What each component waits for: what it says, and the components whose outputs it reads. */
export interface DataFlow {
  dependenciesOf(component: WrittenComponent): readonly Dependency[]
}

interface Producer {
  readonly origin: Origin
  /** Absent for outputs of steps. */
  readonly component?: string
}

/** Checks outputs, inputs and dependencies: each name exists, no name is given twice, nothing waits for itself. */
export function checkDataFlow(facts: DataFlowFacts, types: TypeCheck): DataFlow {
  // Components that an override adds take part as well.
  const components = distinctComponents([...facts.components, ...facts.placement.placed.map(({ written }) => written)])
  const producers = new Map<string, Producer>()
  for (const { source } of components) collect(source.outputs, { component: source.name }, producers, types)
  for (const { step } of facts.steps) collect(step.outputs, {}, producers, types)
  const outputs = new Set(producers.keys())
  for (const { inputs } of [...components, ...facts.steps]) types.add(...inputs.flatMap((input) => unknownOutput(input, outputs)))
  for (const written of components) types.add(...unknownDependencies(written, components))
  const dependenciesOf = (written: WrittenComponent): Dependency[] => [
    ...written.dependsOn,
    ...written.inputs.flatMap(({ from, origin }): Dependency[] => {
      const name = producers.get(outputNameOf(from, outputs))?.component
      return name === undefined ? [] : [{ name, origin: within(origin, 'from') }]
    }),
  ]
  const graph = new Map(components.map((written) => [written.source.name, dependenciesOf(written)]))
  types.add(...cycles(graph, 'component'))
  const steps = facts.steps.map(({ step }): [string, Dependency[]] => [
    step.name,
    step.dependsOn.map((name, index) => ({ name, origin: within(step.origin, 'dependsOn', index) })),
  ])
  // Generated steps repeat the dependencies of their components.
  if (facts.steps.some(({ step }) => !step.origin.path.includes('components'))) types.add(...cycles(new Map(steps), 'step'))
  return { dependenciesOf }
}

function distinctComponents(components: readonly WrittenComponent[]): WrittenComponent[] {
  const byName = new Map<string, WrittenComponent>()
  for (const written of components) if (!byName.has(written.source.name)) byName.set(written.source.name, written)
  return [...byName.values()]
}

function collect(
  outputs: readonly OutputBinding[],
  producer: { readonly component?: string },
  producers: Map<string, Producer>,
  types: TypeCheck,
): void {
  for (const { name, valueFrom, origin } of outputs) {
    types.add(...parseExpression(valueFrom, within(origin, 'valueFrom')).diagnostics)
    const earlier = producers.get(name)
    if (earlier === undefined) producers.set(name, { ...producer, origin })
    else {
      const related = [{ message: 'first written', origin: within(earlier.origin, 'name') }]
      types.add({ code: 'MP3107', severity: 'error', message: `two outputs are called "${name}"`, origin: within(origin, 'name'), related })
    }
  }
}

function unknownOutput(input: WrittenInput, outputs: ReadonlySet<string>): Diagnostic[] {
  const name = outputNameOf(input.from, outputs)
  if (outputs.has(name) || name === 'context') return []
  const hint =
    didYouMean(name, outputs) ?? (outputs.size === 0 ? 'nothing in this application has outputs' : `known: ${[...outputs].join(', ')}`)
  return [
    {
      code: 'MP3106',
      severity: 'error',
      message: `input from "${name}": there is no output of that name`,
      origin: within(input.origin, 'from'),
      hint,
    },
  ]
}

function unknownDependencies({ source, dependsOn }: WrittenComponent, components: readonly WrittenComponent[]): Diagnostic[] {
  return dependsOn.flatMap(({ name, origin }): Diagnostic[] => {
    if (components.some((other) => other.source.name === name)) return []
    const message = `component "${source.name}" needs "${name}", which does not exist`
    const nearest = nearestName(
      name,
      components.map((other) => other.source.name),
    )
    const meant = components.find((other) => other.source.name === nearest)
    if (meant === undefined) return [{ code: 'MP3104', severity: 'error', message, origin }]
    const related = [{ message: 'declared', origin: within(meant.source.origin, 'name') }]
    return [{ code: 'MP3104', severity: 'error', message, origin, hint: `did you mean "${nearest}"?`, related }]
  })
}

/** Each circle of dependencies once, at the edge that closes it. */
function cycles(graph: ReadonlyMap<string, readonly Dependency[]>, what: 'component' | 'step'): Diagnostic[] {
  const found: Diagnostic[] = []
  const done = new Set<string>()
  const walk = (name: string, trail: readonly string[]): void => {
    for (const { name: next, origin } of graph.get(name) ?? []) {
      const at = [...trail, name].indexOf(next)
      if (at >= 0) {
        const circle = [...[...trail, name].slice(at), next].join(' -> ')
        found.push({
          code: 'MP3105',
          severity: 'error',
          message: `${what}s wait for each other: ${circle}`,
          origin,
          hint: 'remove one of the dependencies',
        })
      } else if (graph.has(next) && !done.has(next)) walk(next, [...trail, name])
    }
    done.add(name)
  }
  for (const name of graph.keys()) if (!done.has(name)) walk(name, [])
  return found
}

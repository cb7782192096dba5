import type { ComponentSource, Need } from '../../model/component.ts'
import { type ComponentKey, componentKey } from '../../model/names.ts'
import type { Workflow, WorkflowStep } from '../../model/workflow.ts'
import { appliedKeys, mapSources } from '../step-components.ts'
import type { TypeCheck } from '../type-check.ts'
import type { WrittenComponent } from './components.ts'
import type { DataFlow } from './data-flow.ts'
import { type Dependency, needsOf, type Placement } from './placement.ts'

interface Facts {
  readonly workflow: Workflow
  readonly placement: Placement
  readonly flow: DataFlow
}

/** The workflow and the components with their needs. */
export interface Ordered {
  readonly workflow: Workflow
  written(source: ComponentSource): ComponentSource
}

/**
 * Gives each placed component its needs. A need on a component that only a later step applies would never be met when steps
 * run one by one: it is dropped, with a warning.
 */
export function attachNeeds({ workflow, placement, flow }: Facts, types: TypeCheck): Ordered {
  const writtenOf = new Map<ComponentKey, WrittenComponent>(placement.placed.map(({ key, written }) => [key, written]))
  const applied = workflow.steps.map((step) => new Set(appliedKeys([step])))
  const needs = (source: ComponentSource): Need[] => {
    const written = writtenOf.get(source.key)
    return written === undefined ? [] : needsOf(source, flow.dependenciesOf(written), placement, types)
  }
  const steps = workflow.steps.map((step, index): WorkflowStep => {
    const change = (source: ComponentSource): ComponentSource => {
      const wanted = needs(source)
      if (workflow.mode !== 'StepByStep') return { ...source, needs: wanted }
      const earliest = (key: ComponentKey): number => applied.findIndex((keys) => keys.has(key))
      const [met, unmet] = [wanted.filter(({ on }) => earliest(on) <= index), wanted.filter(({ on }) => earliest(on) > index)]
      for (const need of unmet) types.add(appliedLater(source, need, step.name))
      return { ...source, needs: met }
    }
    return mapSources([step], change)[0] ?? step
  })
  const written = (source: ComponentSource): ComponentSource => {
    const placed = placement.placed.find(({ written: candidate }) => candidate.source.name === source.name)
    const dependencies: readonly Dependency[] = placed === undefined ? [] : flow.dependenciesOf(placed.written)
    return { ...source, key: componentKey(source.namespace, source.name), needs: needsOf(source, dependencies, placement, types) }
  }
  return { workflow: { ...workflow, steps }, written }
}

function appliedLater(source: ComponentSource, need: Need, step: string) {
  return {
    code: 'MP3116',
    severity: 'warning',
    message: `component "${source.name}" does not wait for "${need.on}": step "${step}" applies it before a later step applies "${need.on}"`,
    origin: need.origin,
    hint: 'change the order of the steps',
  } as const
}

import type { DefinitionView } from '../../definitions/definition.ts'
import { resolveComponent } from '../../definitions/resolve.ts'
import type { AppModel } from '../../model/app-model.ts'
import type { Component, ComponentSource } from '../../model/component.ts'
import type { WorkflowStep } from '../../model/workflow.ts'

/** Every component that some step of a workflow places and that runs for good, resolved as far as that is possible without running it. */
export function placedComponents(models: readonly AppModel[], view: DefinitionView): readonly Component[] {
  const placed = new Map<string, Component>()
  for (const source of models.flatMap(({ workflow }) => sourcesOf(workflow.steps))) {
    const outcome = resolveComponent(view, source)
    if (outcome.ok && outcome.value.component.run.type === 'forever') placed.set(source.key, outcome.value.component)
  }
  return [...placed.values()]
}

function sourcesOf(steps: readonly WorkflowStep[]): readonly ComponentSource[] {
  return steps.flatMap(({ work }) => {
    if (work.do === 'apply') return work.components
    return work.do === 'group' ? sourcesOf(work.steps) : []
  })
}

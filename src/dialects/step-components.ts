import type { ComponentSource } from '../model/component.ts'
import type { ComponentKey } from '../model/names.ts'
import type { WorkflowStep } from '../model/workflow.ts'

/** All components that the steps apply, in order; one that several steps apply comes several times. */
export function appliedSources(steps: readonly WorkflowStep[]): ComponentSource[] {
  return steps.flatMap(({ work }) => (work.do === 'apply' ? work.components : work.do === 'group' ? appliedSources(work.steps) : []))
}

export function appliedKeys(steps: readonly WorkflowStep[]): ComponentKey[] {
  return appliedSources(steps).map(({ key }) => key)
}

/** The steps with each applied component changed. */
export function mapSources(steps: readonly WorkflowStep[], change: (source: ComponentSource) => ComponentSource): WorkflowStep[] {
  return steps.map((step) => {
    const { work } = step
    if (work.do === 'apply') return { ...step, work: { ...work, components: work.components.map(change) } }
    if (work.do === 'group') return { ...step, work: { ...work, steps: mapSources(work.steps, change) } }
    return step
  })
}

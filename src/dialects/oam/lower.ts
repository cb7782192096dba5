import type { AppModel } from '../../model/app-model.ts'
import type { SourceDoc } from '../source/source-doc.ts'
import type { TypeCheck } from '../type-check.ts'
import { readApplication } from './application-text.ts'
import { checkComponents } from './component-checks.ts'
import { lowerComponents } from './components.ts'
import { checkDataFlow } from './data-flow.ts'
import { attachNeeds } from './ordering.ts'
import type { OverrideLayers } from './override-layer.ts'
import { Placement } from './placement.ts'
import { lowerPolicies } from './policies.ts'
import { lowerWorkflow } from './workflow.ts'

/** An application and the override entries that changed its components. */
export interface LoweredApplication {
  readonly model: AppModel
  readonly layers: OverrideLayers
}

/** An application without the objects beside it; secret values are still in place. Undefined when the envelope has errors. */
export function lowerApplication(doc: SourceDoc, types: TypeCheck): LoweredApplication | undefined {
  const read = readApplication(doc, types)
  if (read === undefined) return undefined
  const { text, facts } = read
  const components = lowerComponents(text, facts)
  const policies = lowerPolicies(text.spec.policies ?? [], facts.origin, types)
  const placement = new Placement({ ...facts, app: facts.name, components, policies }, types)
  const { workflow, steps } = lowerWorkflow(text, facts.origin, placement, types)
  const flow = checkDataFlow({ components, placement, steps }, types)
  const needs = attachNeeds({ workflow, placement, flow }, types)
  types.add(...checkComponents(components, placement))
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
  return { model, layers: placement.layers() }
}

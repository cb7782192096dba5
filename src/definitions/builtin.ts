import { InternalError } from '../kernel/fault.ts'
import { componentTypes } from './component-types/all.ts'
import type { DefinitionView, Plugin } from './definition.ts'
import { localDefinitions } from './local/all.ts'
import { scalingObjects } from './objects/all.ts'
import { policies } from './policies/all.ts'
import { createRegistry } from './registry.ts'
import { traits } from './traits/all.ts'
import { triggers } from './triggers/all.ts'
import { workflowSteps } from './workflow-steps/all.ts'

/** What KubeVela ships, KEDA's triggers, and the overlay. */
export const builtinPlugins: readonly Plugin[] = [
  { name: 'kubevela-components', api: 1, definitions: componentTypes },
  { name: 'kubevela-traits', api: 1, definitions: traits },
  { name: 'kubevela-policies', api: 1, definitions: policies },
  { name: 'kubevela-workflow-steps', api: 1, definitions: workflowSteps },
  { name: 'keda-triggers', api: 1, definitions: triggers },
  { name: 'scaling-documents', api: 1, definitions: scalingObjects },
  { name: 'overlay', api: 1, definitions: localDefinitions },
]

/** The registry of the built-in definitions alone. */
export function builtinDefinitions(): DefinitionView {
  const registry = createRegistry(builtinPlugins)
  if (!registry.ok) throw new InternalError(registry.diagnostics.map((diagnostic) => diagnostic.message).join('; '))
  return registry.value
}

import { InternalError } from '../kernel/fault.ts'
import { knownComponentTypes } from './component-types/known.ts'
import { task } from './component-types/task.ts'
import { webservice } from './component-types/webservice.ts'
import { worker } from './component-types/worker.ts'
import type { DefinitionView, Plugin } from './definition.ts'
import { localDefinitions } from './local/all.ts'
import { knownPolicies } from './policies/known.ts'
import { applyOnce, garbageCollect, override, topology } from './policies/simulated.ts'
import { createRegistry } from './registry.ts'
import { componentTraits } from './traits/component-traits.ts'
import { containerTraits } from './traits/container-traits.ts'

/** What KubeVela ships, and the overlay. */
export const builtinPlugins: readonly Plugin[] = [
  { name: 'kubevela-components', api: 1, definitions: [webservice, worker, task, ...knownComponentTypes] },
  { name: 'kubevela-traits', api: 1, definitions: [...componentTraits, ...containerTraits, ...knownTraits] },
  { name: 'kubevela-policies', api: 1, definitions: [topology, override, garbageCollect, applyOnce, ...knownPolicies] },
  {
    name: 'kubevela-workflow-steps',
    api: 1,
    definitions: [applyComponent, deploy, stepGroup, suspend, notification, ...knownWorkflowSteps],
  },
  { name: 'overlay', api: 1, definitions: localDefinitions },
]

/** The registry of the built-in definitions alone. */
export function builtinDefinitions(): DefinitionView {
  const registry = createRegistry(builtinPlugins)
  if (!registry.ok) throw new InternalError(registry.diagnostics.map((diagnostic) => diagnostic.message).join('; '))
  return registry.value
}

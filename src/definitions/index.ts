export { builtinDefinitions, builtinPlugins } from './builtin.ts'
export { defineComponentType, definePolicy, defineTrait, defineWorkflowStep } from './define.ts'
export type {
  AnyDefinition,
  ComponentTypeDefinition,
  ComponentTypeEntry,
  DefinitionKind,
  DefinitionView,
  Plugin,
  PolicyDefinition,
  PolicyEntry,
  Resolution,
  Simulation,
  TraitDefinition,
  TraitEntry,
  UseContext,
  WorkflowStepDefinition,
  WorkflowStepEntry,
} from './definition.ts'
export type { ComponentDraft, ContainerDraft, ContainerPatch, ContainerRole } from './draft.ts'
export { createRegistry, withoutVersion } from './registry.ts'
export { LOCAL_PREFIX, notSimulated, parametersOrigin, resolveComponent, unknownType } from './resolve.ts'

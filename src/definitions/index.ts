export { builtinDefinitions, builtinPlugins } from './builtin.ts'
export { createRegistry } from './registry.ts'

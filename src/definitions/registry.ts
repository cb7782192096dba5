import type { Diagnostic } from '../kernel/diagnostic.ts'
import { conclude, type Outcome } from '../kernel/outcome.ts'
import type { AnyDefinition, DefinitionKind, DefinitionView, Plugin } from './definition.ts'
import { problem } from './problem.ts'

/** The version of the definition API that plugins are written for. */
const API_VERSION = 1

/** Checks a set of plugins and makes their definitions findable. The order of the plugins does not matter. */
export function createRegistry(plugins: readonly Plugin[]): Outcome<DefinitionView> {
  const diagnostics = [...checkPlugins(plugins), ...checkNames(plugins.flatMap((plugin) => plugin.definitions))]
  return conclude(new Registry(plugins.flatMap((plugin) => plugin.definitions)), diagnostics)
}

/** The type without the version of its definition: `webservice@v1` is `webservice`. */
export function withoutVersion(type: string): string {
  const pin = type.indexOf('@')
  return pin > 0 ? type.slice(0, pin) : type
}

class Registry implements DefinitionView {
  private readonly byName = new Map<string, AnyDefinition>()
  private readonly patterns: readonly AnyDefinition[]

  constructor(definitions: readonly AnyDefinition[]) {
    for (const definition of definitions) {
      for (const name of namesOf(definition)) this.byName.set(slot(definition.kind, name), definition)
    }
    this.patterns = definitions.filter((definition) => definition.type.endsWith('*'))
  }

  find<K extends DefinitionKind>(kind: K, type: string): Extract<AnyDefinition, { kind: K }> | undefined {
    const name = withoutVersion(type)
    const found =
      this.byName.get(slot(kind, name)) ??
      this.patterns.find((pattern) => pattern.kind === kind && name.startsWith(pattern.type.slice(0, -1)))
    return isOfKind(found, kind) ? found : undefined
  }

  names(kind: DefinitionKind): readonly string[] {
    const names = [...this.byName.values()].filter((definition) => definition.kind === kind).flatMap((definition) => namesOf(definition))
    return [...new Set(names)].sort()
  }
}

function isOfKind<K extends DefinitionKind>(found: AnyDefinition | undefined, kind: K): found is Extract<AnyDefinition, { kind: K }> {
  return found !== undefined && found.kind === kind
}

function namesOf(definition: AnyDefinition): readonly string[] {
  return [definition.type, ...(definition.aliases ?? [])]
}

function slot(kind: DefinitionKind, name: string): string {
  return `${kind} ${name}`
}

function checkPlugins(plugins: readonly Plugin[]): Diagnostic[] {
  const found: Diagnostic[] = []
  const byName = new Map<string, Plugin>()
  for (const plugin of plugins) {
    if (byName.has(plugin.name)) found.push(refusal('MP2006', `plugin "${plugin.name}" is registered twice`))
    byName.set(plugin.name, plugin)
    if (plugin.api !== API_VERSION) {
      found.push(refusal('MP2001', `plugin "${plugin.name}" is written for API version ${plugin.api}, supported is ${API_VERSION}`))
    }
  }
  for (const plugin of plugins) {
    for (const name of plugin.requires ?? []) {
      if (!byName.has(name)) found.push(refusal('MP2002', `plugin "${plugin.name}" requires "${name}", which is not registered`))
    }
  }
  const circle = findCircle(byName)
  if (circle !== undefined) found.push(refusal('MP2005', `plugins require each other in a circle: ${circle.join(' -> ')}`))
  return found
}

function findCircle(plugins: ReadonlyMap<string, Plugin>): readonly string[] | undefined {
  const done = new Set<string>()
  const walk = (name: string, trail: readonly string[]): readonly string[] | undefined => {
    if (trail.includes(name)) return [...trail.slice(trail.indexOf(name)), name]
    if (done.has(name)) return undefined
    for (const next of plugins.get(name)?.requires ?? []) {
      const circle = walk(next, [...trail, name])
      if (circle !== undefined) return circle
    }
    done.add(name)
    return undefined
  }
  for (const name of plugins.keys()) {
    const circle = walk(name, [])
    if (circle !== undefined) return circle
  }
  return undefined
}

function checkNames(definitions: readonly AnyDefinition[]): Diagnostic[] {
  const found: Diagnostic[] = []
  const types = new Set<string>()
  for (const definition of definitions) {
    const key = slot(definition.kind, definition.type)
    if (types.has(key)) found.push(refusal('MP2003', `${definition.kind} "${definition.type}" is defined twice`))
    types.add(key)
  }
  const aliases = new Set<string>()
  for (const definition of definitions) {
    for (const alias of definition.aliases ?? []) {
      const key = slot(definition.kind, alias)
      if (types.has(key) || aliases.has(key)) {
        found.push(refusal('MP2004', `alias "${alias}" of ${definition.kind} "${definition.type}" is already the name of another one`))
      }
      aliases.add(key)
    }
  }
  return found
}

function refusal(code: 'MP2001' | 'MP2002' | 'MP2003' | 'MP2004' | 'MP2005' | 'MP2006', message: string): Diagnostic {
  return problem({ code, severity: 'error', message, origin: undefined })
}

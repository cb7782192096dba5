import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import { didYouMean } from '../../kernel/nearest.ts'
import { problem } from '../problem.ts'
import { isRecord } from '../wording.ts'
import type { OverrideParameters } from './simulated.ts'

/** A component as an application writes it; further keys (`dependsOn`, `inputs`, ...) are kept. */
export interface RawComponent {
  readonly name: string
  readonly type: string
  readonly properties?: unknown
  readonly traits?: readonly RawTrait[]
  readonly [key: string]: unknown
}

export interface RawTrait {
  readonly type: string
  readonly properties?: unknown
}

export interface Overridden {
  readonly components: readonly RawComponent[]
  /** Entries of the override, by index, that touched each component, in the order they did. */
  readonly touched: ReadonlyMap<string, readonly number[]>
  readonly diagnostics: readonly Diagnostic[]
}

type Patch = OverrideParameters['components'][number]

/**
 * Changes components as an override policy says. An entry without a name is for all components, or all of its type; a name is an
 * unanchored regular expression in which `*` stands for any characters. Source: KubeVela, PatchComponents.
 */
export function applyOverride(components: readonly RawComponent[], parameters: OverrideParameters, origin: Origin): Overridden {
  const session = new Session(components)
  parameters.components.forEach((patch, index) => {
    session.patch(patch, index, within(origin, 'components', index))
  })
  return session.select(parameters.selector, within(origin, 'selector'))
}

class Session {
  private readonly byName: Map<string, RawComponent>
  private readonly touched = new Map<string, number[]>()
  private readonly diagnostics: Diagnostic[] = []

  constructor(components: readonly RawComponent[]) {
    this.byName = new Map(components.map((component) => [component.name, component]))
  }

  patch(patch: Patch, index: number, origin: Origin): void {
    const pattern = this.patternOf(patch, origin)
    if (pattern === undefined) return
    const matching = [...this.byName.values()].filter((component) => pattern(component))
    for (const component of matching) this.change(component, patch, { index, origin })
    if (matching.length === 0 && patch.name !== undefined && patch.name !== '') this.add(patch, patch.name, { index, origin })
  }

  select(selector: readonly string[] | undefined, origin: Origin): Overridden {
    const all = [...this.byName.values()]
    selector?.forEach((name, index) => {
      if (this.byName.has(name)) return
      const message = `the selector names component "${name}", which does not exist`
      const hint = didYouMean(name, this.byName.keys())
      this.diagnostics.push(problem({ code: 'MP2405', severity: 'warning', message, origin: within(origin, index), hint }))
    })
    const components = selector === undefined || selector.length === 0 ? all : all.filter(({ name }) => selector.includes(name))
    return { components, touched: this.touched, diagnostics: this.diagnostics }
  }

  private patternOf(patch: Patch, origin: Origin): ((component: RawComponent) => boolean) | undefined {
    if (patch.name === undefined || patch.name === '')
      return ({ type }) => patch.type === undefined || patch.type === '' || patch.type === type
    const written = patch.name
    try {
      const regex = new RegExp(written.replaceAll('*', '.*'))
      return ({ name }) => regex.test(name)
    } catch {
      const message = `"${written}" is not a valid pattern, so it matches nothing`
      this.diagnostics.push(problem({ code: 'MP2401', severity: 'warning', message, origin: within(origin, 'name') }))
      return undefined
    }
  }

  private change(component: RawComponent, patch: Patch, at: { readonly index: number; readonly origin: Origin }): void {
    this.touch(component.name, at.index)
    if (patch.name !== undefined && patch.type !== undefined && patch.type !== '' && patch.type !== component.type) {
      this.byName.set(component.name, newComponent(component.name, patch.type, patch))
      return
    }
    const traits = mergeTraits(component.traits ?? [], patch)
    for (const type of traits.repeated) {
      const message = `component "${component.name}" has trait "${type}" more than once; an override keeps only the last one`
      this.diagnostics.push(problem({ code: 'MP2404', severity: 'warning', message, origin: at.origin }))
    }
    const properties = patch.properties === undefined ? component.properties : mergeMaps(component.properties, patch.properties)
    this.byName.set(component.name, {
      ...component,
      ...(properties === undefined ? {} : { properties }),
      ...(component.traits === undefined && traits.merged.length === 0 ? {} : { traits: traits.merged }),
    })
  }

  private add(patch: Patch, name: string, at: { readonly index: number; readonly origin: Origin }): void {
    const origin = within(at.origin, 'name')
    const hint = didYouMean(name, this.byName.keys())
    if (!/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) {
      this.diagnostics.push(
        problem({ code: 'MP2402', severity: 'warning', message: `no component matches "${name}"; the entry has no effect`, origin, hint }),
      )
    } else if (patch.type === undefined || patch.type === '') {
      const message = `no component matches "${name}", and one cannot be added without a type`
      this.diagnostics.push(problem({ code: 'MP2403', severity: 'error', message, origin, hint }))
    } else {
      this.byName.set(name, newComponent(name, patch.type, patch))
      this.touch(name, at.index)
    }
  }

  private touch(name: string, index: number): void {
    this.touched.set(name, [...(this.touched.get(name) ?? []), index])
  }
}

function newComponent(name: string, type: string, patch: Patch): RawComponent {
  const traits = (patch.traits ?? []).filter((trait) => !trait.disable).map(toTrait)
  return {
    name,
    type,
    ...(patch.properties === undefined ? {} : { properties: patch.properties }),
    ...(traits.length === 0 ? {} : { traits }),
  }
}

function toTrait({ type, properties }: { readonly type: string; readonly properties?: unknown }): RawTrait {
  return properties === undefined ? { type } : { type, properties }
}

function mergeTraits(
  base: readonly RawTrait[],
  patch: Patch,
): { readonly merged: readonly RawTrait[]; readonly repeated: readonly string[] } {
  const byType = new Map(base.map((trait) => [trait.type, trait]))
  for (const change of patch.traits ?? []) {
    const known = byType.get(change.type)
    if (change.disable) byType.delete(change.type)
    else if (known === undefined) byType.set(change.type, toTrait(change))
    else if (change.properties !== undefined) {
      byType.set(change.type, { ...known, properties: mergeMaps(known.properties, change.properties) })
    }
  }
  const repeated = new Set(
    base.filter((trait, index) => base.findIndex((other) => other.type === trait.type) !== index).map((trait) => trait.type),
  )
  return { merged: [...byType.values()], repeated: [...repeated] }
}

/** Maps are merged key by key, everything else is replaced, lists as a whole. */
function mergeMaps(base: unknown, patch: unknown): unknown {
  if (!isRecord(base) || !isRecord(patch)) return patch
  const merged = new Map(Object.entries(base))
  for (const [key, value] of Object.entries(patch)) merged.set(key, mergeMaps(merged.get(key), value))
  return Object.fromEntries(merged)
}

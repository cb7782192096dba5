import { parametersOrigin } from '../../definitions/use-words.ts'
import { sameValue } from '../../kernel/canonical-json.ts'
import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import type { ComponentSource } from '../../model/component.ts'
import type { Use } from '../../model/use.ts'
import type { OverrideLayer } from './override-layer.ts'

type Path = Origin['path']

/** Diagnostics about a value that an override put there point at the override. */
export function pointAtOverrides(
  diagnostics: readonly Diagnostic[],
  source: ComponentSource,
  layers: readonly OverrideLayer[],
): readonly Diagnostic[] {
  if (layers.length === 0) return diagnostics
  return diagnostics.map((diagnostic) => {
    const { origin } = diagnostic
    const moved = origin === undefined ? undefined : move(origin, source, layers)
    return moved === undefined ? diagnostic : { ...diagnostic, origin: moved }
  })
}

function move(origin: Origin, source: ComponentSource, layers: readonly OverrideLayer[]): Origin | undefined {
  for (const use of [source.type, ...source.traits]) {
    const path = below(parametersOrigin(use), origin)
    if (path === undefined || path.length === 0) continue
    for (const layer of layers.toReversed()) {
      const part = partOf(layer, use, source)
      if (part !== undefined && holds(part.properties, path) && sameValue(valueAt(part.properties, path), valueAt(use.params, path)))
        return within(part.origin, ...path)
    }
  }
  return undefined
}

function partOf(
  { patch, origin }: OverrideLayer,
  use: Use,
  source: ComponentSource,
): { readonly properties: unknown; readonly origin: Origin } | undefined {
  if (use === source.type) return { properties: patch.properties, origin: within(origin, 'properties') }
  const index = (patch.traits ?? []).findLastIndex((trait) => trait.type === use.type)
  const trait = patch.traits?.[index]
  return trait === undefined ? undefined : { properties: trait.properties, origin: within(origin, 'traits', index, 'properties') }
}

function below(parent: Origin, origin: Origin): Path | undefined {
  const inside = parent.file === origin.file && parent.doc === origin.doc && parent.path.every((step, index) => origin.path[index] === step)
  return inside ? origin.path.slice(parent.path.length) : undefined
}

function holds(value: unknown, path: Path): boolean {
  const parent = valueAt(value, path.slice(0, -1))
  return typeof parent === 'object' && parent !== null && String(path.at(-1)) in parent
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (node, step) => (typeof node === 'object' && node !== null ? (node as Readonly<Record<string | number, unknown>>)[step] : undefined),
    value,
  )
}

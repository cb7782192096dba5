import { parametersOrigin } from '../../definitions/use-words.ts'
import type { Diagnostic, Origin } from '../../kernel/diagnostic.ts'
import type { AppModel } from '../../model/app-model.ts'
import type { ComponentSource } from '../../model/component.ts'
import type { Use } from '../../model/use.ts'
import { mapSources } from '../step-components.ts'

const UNDECLARED = 'MP2103'
const UNKNOWN_FIELD = 'MP1032'

/** Where parameters without effect were found. */
export function undeclaredOrigins(diagnostics: readonly Diagnostic[]): Origin[] {
  return originsOf(diagnostics, UNDECLARED)
}

/** Where fields were found that an application, a component or a trait does not have: parameters in a wrong place, perhaps. */
export function unknownFieldOrigins(diagnostics: readonly Diagnostic[]): Origin[] {
  return originsOf(diagnostics, UNKNOWN_FIELD)
}

function originsOf(diagnostics: readonly Diagnostic[], wanted: string): Origin[] {
  return diagnostics.flatMap(({ code, origin }) => (code === wanted && origin !== undefined ? [origin] : []))
}

/**
 * The model without undeclared parameters. They have no effect, and a misspelled key may hold a secret that nothing recognises as one:
 * what is not understood is not kept.
 */
export function dropUndeclared(model: AppModel, origins: readonly Origin[]): AppModel {
  if (origins.length === 0) return model
  const drop = (source: ComponentSource): ComponentSource => ({
    ...source,
    type: dropFrom(source.type, origins),
    traits: source.traits.map((trait) => dropFrom(trait, origins)),
    ...(source.scaling === undefined
      ? {}
      : { scaling: { ...source.scaling, uses: source.scaling.uses.map((use) => dropFrom(use, origins)) } }),
  })
  return {
    ...model,
    components: model.components.map(drop),
    workflow: { ...model.workflow, steps: mapSources(model.workflow.steps, drop) },
  }
}

function dropFrom(use: Use, origins: readonly Origin[]): Use {
  const parent = parametersOrigin(use)
  const paths = origins.flatMap((origin) => {
    const inside =
      origin.file === parent.file && origin.doc === parent.doc && parent.path.every((step, index) => origin.path[index] === step)
    return inside && origin.path.length > parent.path.length ? [origin.path.slice(parent.path.length)] : []
  })
  return paths.length === 0 ? use : { ...use, params: paths.reduce<unknown>(without, use.params) }
}

function without(value: unknown, path: Origin['path']): unknown {
  const [step, ...rest] = path
  if (step === undefined || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item, index) => (index === step && rest.length > 0 ? without(item, rest) : item))
  const entries = Object.entries(value).filter(([key]) => rest.length > 0 || key !== step)
  return Object.fromEntries(entries.map(([key, item]) => [key, key === step ? without(item, rest) : item]))
}

import { builtinDefinitions } from '../../../src/definitions/builtin.ts'
import type { DefinitionView } from '../../../src/definitions/definition.ts'
import { resolveComponent } from '../../../src/definitions/resolve.ts'
import type { Diagnostic, Origin } from '../../../src/kernel/diagnostic.ts'
import type { Component, ComponentSource } from '../../../src/model/component.ts'
import { componentKey } from '../../../src/model/names.ts'
import type { Use } from '../../../src/model/use.ts'

const root: Origin = { file: 'app.yaml', doc: 0, path: ['spec', 'components', 0] }

export interface Written {
  readonly type?: string
  readonly properties?: unknown
  readonly traits?: readonly { readonly type: string; readonly properties?: unknown }[]
  readonly local?: readonly { readonly type: string; readonly params: unknown }[]
  readonly more?: Partial<ComponentSource>
}

/** A component `web` of the application `shop` as a loader would hand it over. */
function aSource(written: Written): ComponentSource {
  const traits = (written.traits ?? []).map(
    (trait, index): Use => ({ type: trait.type, params: trait.properties, origin: { ...root, path: [...root.path, 'traits', index] } }),
  )
  const local = (written.local ?? []).map(
    (use, index): Use => ({ ...use, origin: { file: 'minipaas.yaml', doc: 0, path: ['components', 'web', index] } }),
  )
  return {
    key: componentKey('default', 'web'),
    name: 'web',
    namespace: 'default',
    app: 'shop',
    type: { type: written.type ?? 'webservice', params: written.properties, origin: root },
    traits,
    local,
    needs: [],
    inputs: [],
    outputs: [],
    labels: {},
    annotations: {},
    origin: root,
    ...written.more,
  }
}

const view = builtinDefinitions()

export function resolve(written: Written, inputs?: ReadonlyMap<string, unknown>, definitions: DefinitionView = view) {
  return resolveComponent(definitions, aSource(written), inputs)
}

/** The component; fails the test when there are errors. */
export function componentOf(written: Written): Component {
  const outcome = resolve(written)
  if (!outcome.ok) throw new Error(outcome.diagnostics.map(line).join('\n'))
  return outcome.value.component
}

/** One line per diagnostic: severity, code, place, message, hint. */
export function lines(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.map(line)
}

function line({ severity, code, origin, message, hint, mark }: Diagnostic): string {
  const place = origin === undefined ? '' : ` ${origin.path.join('.')}${mark === 'key' ? ' (key)' : ''}`
  return `${severity} ${code}${place}: ${message}${hint === undefined ? '' : ` [${hint}]`}`
}

/** A value without the origins inside it, for comparison with what a test writes down. */
export function plain<T>(value: T): unknown {
  return JSON.parse(JSON.stringify(value, (key, inner) => (key === 'origin' ? undefined : inner)))
}

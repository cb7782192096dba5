import { type Diagnostic, type Origin, within } from '../kernel/diagnostic.ts'
import { didYouMean } from '../kernel/nearest.ts'
import type { Collector } from '../kernel/outcome.ts'
import type { Use } from '../model/use.ts'
import type { DefinitionKind, DefinitionView } from './definition.ts'
import { NOT_SIMULATED, problem } from './problem.ts'
import { withoutVersion } from './registry.ts'
import { isRecord } from './wording.ts'

/** Types of the overlay and of documents; their uses hold the parameters directly, without `properties`, and nobody writes them as a trait. */
const DIRECT = /^(?:local|object)\//

/** Where the parameters of a use were written: below `properties`, or the node itself for uses of the overlay and for documents. */
export function parametersOrigin(use: Use): Origin {
  return DIRECT.test(use.type) ? use.origin : within(use.origin, 'properties')
}

const OBJECT = /^object\/(\w+)/

/** What a use is called: the kind of a document, or the type. */
export function sayKind({ type }: Use): string {
  return OBJECT.exec(type)?.[1] ?? type
}

/** Who made a change, for `explain`: a type, or a document by its name. */
export function sayWriter(use: Use): string {
  if (!OBJECT.test(use.type)) return use.type
  const metadata = isRecord(use.params) && isRecord(use.params['metadata']) ? use.params['metadata'] : {}
  return `${sayKind(use)} "${String(metadata['name'] ?? '')}"`
}

const UNKNOWN_CODES = { component: 'MP2010', trait: 'MP2011', policy: 'MP2012', 'workflow-step': 'MP2013' } as const
const KIND_WORDS = { component: 'component type', trait: 'trait', policy: 'policy type', 'workflow-step': 'workflow step type' } as const

/** The diagnostic for a type that nobody knows, at its `type` key, with the nearest known name. */
export function unknownType(view: DefinitionView, kind: Exclude<DefinitionKind, 'trigger' | 'sidecar'>, use: Use): Diagnostic {
  const known = view.names(kind).filter((name) => !name.endsWith('*') && !DIRECT.test(name))
  return problem({
    code: UNKNOWN_CODES[kind],
    severity: 'error',
    message: `unknown ${KIND_WORDS[kind]} "${use.type}"`,
    origin: within(use.origin, 'type'),
    hint: didYouMean(withoutVersion(use.type), known),
  })
}

/** The note for a type that is accepted although nothing happens. */
export function notSimulated(kind: Exclude<DefinitionKind, 'trigger' | 'sidecar'>, use: Use, why: string): Diagnostic {
  const message = `${KIND_WORDS[kind]} "${use.type}" is not simulated: ${why}`
  return problem({ code: NOT_SIMULATED, severity: 'note', message, origin: within(use.origin, 'type') })
}

/** The definition of a use, reported when there is none. */
export function lookUp<K extends 'component' | 'trait'>(view: DefinitionView, kind: K, use: Use, collector: Collector) {
  const found = view.find(kind, use.type)
  if (found === undefined) collector.add(unknownType(view, kind, use))
  else if (withoutVersion(use.type) !== use.type) {
    const message = `"${use.type}": versions of types are not considered, "${withoutVersion(use.type)}" is used`
    collector.add(problem({ code: 'MP2015', severity: 'note', message, origin: within(use.origin, 'type') }))
  }
  return found
}

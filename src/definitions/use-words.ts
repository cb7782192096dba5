import { type Diagnostic, type Origin, within } from '../kernel/diagnostic.ts'
import { didYouMean } from '../kernel/nearest.ts'
import type { Use } from '../model/use.ts'
import type { DefinitionKind, DefinitionView } from './definition.ts'
import { NOT_SIMULATED, problem } from './problem.ts'
import { withoutVersion } from './registry.ts'

/** Types of the overlay and of documents; their uses hold the parameters directly, without `properties`, and nobody writes them as a trait. */
const DIRECT = /^(?:local|object)\//

/** Where the parameters of a use were written: below `properties`, or the node itself for uses of the overlay and for documents. */
export function parametersOrigin(use: Use): Origin {
  return DIRECT.test(use.type) ? use.origin : within(use.origin, 'properties')
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

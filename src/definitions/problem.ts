import type { definitionCodes } from '../kernel/catalogue/definitions.ts'
import type { Diagnostic, Origin } from '../kernel/diagnostic.ts'

export type DefinitionCode = keyof typeof definitionCodes

/** The code of "known, but not simulated": a note, or an error when the user asked for strictness. */
export const NOT_SIMULATED: DefinitionCode = 'MP2020'

interface Problem {
  readonly code: DefinitionCode
  readonly severity: Diagnostic['severity']
  readonly message: string
  readonly origin: Origin | undefined
  readonly mark?: 'key' | 'value' | undefined
  readonly hint?: string | undefined
  readonly related?: Diagnostic['related'] | undefined
}

/** A diagnostic of this folder: only codes of its own catalogue, without undefined members. */
export function problem(of: Problem): Diagnostic {
  return {
    code: of.code,
    severity: of.severity,
    message: of.message,
    ...(of.origin === undefined ? {} : { origin: of.origin }),
    ...(of.mark === undefined ? {} : { mark: of.mark }),
    ...(of.hint === undefined ? {} : { hint: of.hint }),
    ...(of.related === undefined ? {} : { related: of.related }),
  }
}

import type { DefinitionView } from '../definitions/definition.ts'
import { NOT_SIMULATED } from '../definitions/problem.ts'
import { notSimulated, parametersOrigin, unknownType } from '../definitions/use-words.ts'
import { type Diagnostic, within } from '../kernel/diagnostic.ts'
import type { Note } from '../model/component.ts'
import type { Use } from '../model/use.ts'
import { maskUse } from './oam/secrets.ts'

/** Parameters as the definition checked them, and why the type is not simulated, when it is not. */
export interface CheckedUse {
  readonly value: unknown
  readonly notSimulated?: string
}

/** Looks policies and steps up and checks their parameters, collecting diagnostics and notes for one application. */
export class TypeCheck {
  readonly diagnostics: Diagnostic[] = []
  readonly notes: Note[] = []
  readonly view: DefinitionView

  constructor(view: DefinitionView) {
    this.view = view
  }

  add(...diagnostics: readonly Diagnostic[]): void {
    this.diagnostics.push(...diagnostics)
  }

  /** Checks the parameters; undefined when they have errors or nobody knows the type. */
  check(kind: 'policy' | 'workflow-step', use: Use): CheckedUse | undefined {
    const definition = this.view.find(kind, use.type)
    if (definition === undefined) {
      this.add(unknownType(this.view, kind, use))
      return undefined
    }
    const outcome = definition.check(maskUse(this.view, kind, use).params, parametersOrigin(use))
    this.add(...outcome.diagnostics)
    const why = definition.simulation.level === 'known' ? definition.simulation.why : undefined
    if (why !== undefined) {
      this.add(notSimulated(kind, use, why))
      this.notes.push({ kind: 'not-simulated', subject: use.type, text: why, origin: within(use.origin, 'type') })
    }
    if (!outcome.ok) return undefined
    for (const note of outcome.value.notes) {
      const { disposition } = note
      const noteKind = disposition.kind === 'noted' ? disposition.as : 'not-simulated'
      this.notes.push({ kind: noteKind, subject: `${use.type}.${note.path.join('.')}`, text: disposition.text, origin: note.origin })
    }
    const value: unknown = outcome.value.value
    return why === undefined ? { value } : { value, notSimulated: why }
  }
}

/** When strict, what is known but not simulated is an error. */
export function applyStrictness(diagnostics: readonly Diagnostic[], strict: boolean): readonly Diagnostic[] {
  if (!strict) return diagnostics
  return diagnostics.map((diagnostic) => (diagnostic.code === NOT_SIMULATED ? { ...diagnostic, severity: 'error' } : diagnostic))
}

/** Types that an X-Definition of the load declares are not misspelled: say what is missing. */
export function explainDeclared(diagnostics: readonly Diagnostic[], declared: ReadonlySet<string>): readonly Diagnostic[] {
  if (declared.size === 0) return diagnostics
  return diagnostics.map((diagnostic) => {
    const type = /^MP201[0-3]$/.test(diagnostic.code) ? /"([^"]+)"/.exec(diagnostic.message)?.[1]?.split('@')[0] : undefined
    if (type === undefined || !declared.has(type)) return diagnostic
    return { ...diagnostic, hint: 'its definition is written in CUE, which is not supported yet' }
  })
}

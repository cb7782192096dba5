import type { DefinitionView } from '../definitions/definition.ts'
import type { Diagnostic } from '../kernel/diagnostic.ts'
import { hasErrors } from '../kernel/outcome.ts'
import { linkApplications } from './link.ts'
import type { Loaded } from './loading.ts'
import { attachDocuments } from './oam/attach.ts'
import { lowerLoad } from './oam/lower-load.ts'
import { resolveModel } from './oam/resolve-model.ts'
import { addLocal, type LocalFacts } from './overlay/add-local.ts'
import type { SortedDocuments } from './sort-documents.ts'
import type { Narrow } from './source/narrow.ts'
import { applyStrictness, explainDeclared } from './type-check.ts'

/** What a load is made from, once everything has been read. */
export interface AssemblyFacts extends LocalFacts {
  readonly view: DefinitionView
  readonly sorted: SortedDocuments
  /** The exact place of a text somewhere inside a place. */
  readonly narrow: Narrow
}

/** The applications with everything that belongs to them; complete only when no diagnostic is an error. */
export interface Assembly {
  readonly loaded: Loaded
  readonly diagnostics: readonly Diagnostic[]
  readonly watched: readonly string[]
}

/** Lowers, seals, resolves, adds what is local, and links. */
export async function assemble(facts: AssemblyFacts): Promise<Assembly> {
  const assembly = await assembleParts(facts)
  const diagnostics = applyStrictness(assembly.diagnostics, facts.request.strict)
  return { ...assembly, diagnostics: explainDeclared(diagnostics, facts.sorted.declared) }
}

async function assembleParts(facts: AssemblyFacts): Promise<Assembly> {
  const { view, sorted } = facts
  const lowered = lowerLoad(sorted, view)
  const plain = lowered.applications.map(({ model, layers }) => resolveModel(model, view, layers))
  const models = plain.map(({ model }) => model)
  const isOwnFault = ({ code }: Diagnostic): boolean => !lowered.incomplete || code !== 'MP2506'
  const diagnostics: Diagnostic[] = [...lowered.diagnostics, ...plain.flatMap((resolved) => resolved.diagnostics).filter(isOwnFault)]
  const unlinked: Loaded = { applications: models, secrets: lowered.secrets }
  if (hasErrors(diagnostics)) return { loaded: unlinked, diagnostics, watched: [] }

  const local = await addLocal(
    facts,
    models,
    plain.flatMap(({ components }) => components),
  )
  const { watched } = local
  diagnostics.push(...local.diagnostics)
  if (hasErrors(diagnostics)) return { loaded: unlinked, diagnostics, watched }
  const resolved = local.models.map(
    (model, index) =>
      (model === models[index] ? plain[index] : undefined) ?? resolveModel(model, view, lowered.applications[index]?.layers),
  )
  diagnostics.push(...resolved.flatMap((entry) => entry.diagnostics))
  const components = resolved.flatMap((entry) => entry.components)
  const attached = attachDocuments(local.models, lowered.documents, components)
  diagnostics.push(...attached.diagnostics, ...linkApplications({ models: attached.models, components, narrow: facts.narrow }))
  return { loaded: { applications: attached.models, secrets: new Map([...lowered.secrets, ...local.secrets]) }, diagnostics, watched }
}

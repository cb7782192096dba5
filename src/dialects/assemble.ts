import type { DefinitionView } from '../definitions/definition.ts'
import { resolveComponent } from '../definitions/resolve.ts'
import type { Diagnostic } from '../kernel/diagnostic.ts'
import { hasErrors } from '../kernel/outcome.ts'
import type { AppModel, SecretValues } from '../model/app-model.ts'
import type { Component, ComponentSource } from '../model/component.ts'
import { linkApplications } from './link.ts'
import type { LoadRequest, SourceFiles } from './loading.ts'
import { attachDocuments } from './oam/attach.ts'
import { lowerDocuments } from './oam/documents.ts'
import { type LoweredApplication, lowerApplication } from './oam/lower.ts'
import { pointAtOverrides } from './oam/override-origins.ts'
import { SecretVault } from './oam/secrets.ts'
import { addLocal } from './overlay/add-local.ts'
import type { OverlayContent } from './overlay/content.ts'
import type { SortedDocuments } from './sort-documents.ts'
import type { Narrow } from './source/narrow.ts'
import { appliedSources, mapSources } from './step-components.ts'
import { TypeCheck } from './type-check.ts'

/** What a load is made from, once everything has been read. */
export interface AssemblyFacts {
  readonly request: LoadRequest
  readonly files: SourceFiles
  readonly view: DefinitionView
  readonly sorted: SortedDocuments
  readonly overlay: OverlayContent
  /** The exact place of a text somewhere inside a place. */
  readonly narrow: Narrow
}

/** The applications with everything that belongs to them; complete only when no diagnostic is an error. */
export interface Assembly {
  readonly applications: readonly AppModel[]
  readonly secrets: SecretValues
  readonly diagnostics: readonly Diagnostic[]
  readonly watched: readonly string[]
}

/** Lowers, seals, resolves, adds what is local, and links. */
export async function assemble(facts: AssemblyFacts): Promise<Assembly> {
  const { view, sorted } = facts
  const vault = new SecretVault(view)
  const documents = lowerDocuments(sorted.objects, vault)
  const diagnostics: Diagnostic[] = [...documents.diagnostics]
  const lowered = sorted.applications.flatMap((doc) => {
    const types = new TypeCheck(view)
    const application = lowerApplication(doc, types)
    diagnostics.push(...types.diagnostics)
    return application === undefined ? [] : [{ ...application, model: sealModel(application.model, vault) }]
  })
  const sealed = lowered.map(({ model }) => model)
  const plain = lowered.map(({ model, layers }) => resolveModel(model, view, layers))
  diagnostics.push(...plain.flatMap((resolved) => resolved.diagnostics))
  diagnostics.push(...vault.diagnostics)
  const unlinked = (): Assembly => ({ applications: sealed, secrets: vault.values, diagnostics, watched: [] })
  if (hasErrors(diagnostics)) return unlinked()

  const local = await addLocal(
    facts,
    sealed,
    plain.flatMap(({ components }) => components),
  )
  diagnostics.push(...local.diagnostics)
  if (hasErrors(diagnostics)) return { ...unlinked(), watched: local.watched }
  const resolved = local.models.map(
    (model, index) => (model === sealed[index] ? plain[index] : undefined) ?? resolveModel(model, view, lowered[index]?.layers),
  )
  diagnostics.push(...resolved.flatMap((entry) => entry.diagnostics))
  const components = resolved.flatMap((entry) => entry.components)
  const attached = attachDocuments(local.models, documents, components)
  diagnostics.push(...attached.diagnostics, ...linkApplications({ models: attached.models, components, narrow: facts.narrow }))
  return {
    applications: attached.models,
    secrets: new Map([...vault.values, ...local.secrets]),
    diagnostics,
    watched: local.watched,
  }
}

function sealModel(model: AppModel, vault: SecretVault): AppModel {
  const seal = (source: ComponentSource): ComponentSource => vault.seal(source)
  return {
    ...model,
    components: model.components.map(seal),
    workflow: { ...model.workflow, steps: mapSources(model.workflow.steps, seal) },
  }
}

interface ResolvedModel {
  readonly components: readonly Component[]
  readonly diagnostics: readonly Diagnostic[]
}

/** Resolves every component that a step applies, and those that none applies, so that their parameters are checked too. */
function resolveModel(model: AppModel, view: DefinitionView, layers: LoweredApplication['layers'] = new Map()): ResolvedModel {
  const applied = appliedSources(model.workflow.steps)
  const names = new Set(applied.map(({ name }) => name))
  const idle = model.components.filter(({ name }) => !names.has(name))
  const components: Component[] = []
  const diagnostics: Diagnostic[] = []
  for (const source of [...applied, ...idle]) {
    const outcome = resolveComponent(view, source)
    diagnostics.push(...pointAtOverrides(outcome.diagnostics, source, layers.get(source.key) ?? []))
    if (outcome.ok && names.has(source.name)) components.push(outcome.value.component)
  }
  return { components, diagnostics }
}

import type { DefinitionView } from '../../definitions/definition.ts'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import type { AppModel, SecretValues } from '../../model/app-model.ts'
import type { SourceDoc } from '../source/source-doc.ts'
import { mapSources } from '../step-components.ts'
import { TypeCheck } from '../type-check.ts'
import { type Documents, lowerDocuments } from './documents.ts'
import { type LoweredApplication, lowerApplication } from './lower.ts'
import { SecretVault } from './secrets.ts'

/** The applications and objects of a load, with secret values apart. */
export interface LoweredLoad {
  readonly applications: readonly LoweredApplication[]
  readonly documents: Documents
  readonly secrets: SecretValues
  readonly diagnostics: readonly Diagnostic[]
}

/** Lowers every document and takes the secret values out. */
export function lowerLoad(
  docs: { readonly applications: readonly SourceDoc[]; readonly objects: readonly SourceDoc[] },
  view: DefinitionView,
): LoweredLoad {
  const vault = new SecretVault(view)
  const documents = lowerDocuments(docs.objects, vault)
  const diagnostics: Diagnostic[] = [...documents.diagnostics]
  const applications = docs.applications.flatMap((doc) => {
    const types = new TypeCheck(view)
    const application = lowerApplication(doc, types)
    diagnostics.push(...types.diagnostics)
    return application === undefined ? [] : [{ ...application, model: seal(application.model, vault) }]
  })
  diagnostics.push(...vault.diagnostics)
  return { applications, documents, secrets: vault.values, diagnostics }
}

function seal(model: AppModel, vault: SecretVault): AppModel {
  const components = model.components.map((source) => vault.seal(source))
  return { ...model, components, workflow: { ...model.workflow, steps: mapSources(model.workflow.steps, (source) => vault.seal(source)) } }
}

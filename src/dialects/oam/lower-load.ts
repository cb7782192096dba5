import type { DefinitionView } from '../../definitions/definition.ts'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { hasErrors } from '../../kernel/outcome.ts'
import type { AppModel, SecretValues } from '../../model/app-model.ts'
import type { SourceDoc } from '../source/source-doc.ts'
import { mapSources } from '../step-components.ts'
import { TypeCheck } from '../type-check.ts'
import { attachScaling } from './attach-scaling.ts'
import { type Documents, lowerDocuments } from './documents.ts'
import { type LoweredApplication, lowerApplication } from './lower.ts'
import { lowerScaling } from './scaling-documents.ts'
import { SecretVault } from './secrets.ts'

/** The applications and objects of a load, with secret values apart. */
export interface LoweredLoad {
  readonly applications: readonly LoweredApplication[]
  readonly documents: Documents
  readonly secrets: SecretValues
  readonly diagnostics: readonly Diagnostic[]
  /** Scaling documents with errors are missing: what refers to them is not wrong itself. */
  readonly incomplete: boolean
}

/** Lowers every document and takes the secret values out. */
export function lowerLoad(
  docs: { readonly applications: readonly SourceDoc[]; readonly objects: readonly SourceDoc[]; readonly scaling: readonly SourceDoc[] },
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
  const scaling = lowerScaling(docs.scaling)
  const scaled = attachScaling(
    applications.map(({ model }) => model),
    scaling,
    view,
  )
  // An application with errors is missing here: what seems to lead nowhere may lead into it.
  const attached = applications.length === docs.applications.length ? scaled.diagnostics : []
  diagnostics.push(...vault.diagnostics, ...scaling.diagnostics, ...attached)
  return {
    applications: applications.map((application, index) => ({ ...application, model: scaled.models[index] ?? application.model })),
    documents,
    secrets: vault.values,
    diagnostics,
    incomplete: hasErrors(scaling.diagnostics),
  }
}

function seal(model: AppModel, vault: SecretVault): AppModel {
  const components = model.components.map((source) => vault.seal(source))
  return { ...model, components, workflow: { ...model.workflow, steps: mapSources(model.workflow.steps, (source) => vault.seal(source)) } }
}

/** What becomes of a field of the source format. */
export type Treatment =
  | { readonly is: 'mapped' }
  /** Has no effect here; `note` is the sentence shown when it is used. Without a sentence the field never means anything to a reader. */
  | { readonly is: 'ignored'; readonly note?: string }
  /** Works differently here; the sentence says how. */
  | { readonly is: 'approximated'; readonly note: string }
  | { readonly is: 'refused'; readonly note: string; readonly hint: string }

const mapped: Treatment = { is: 'mapped' }
const silent: Treatment = { is: 'ignored' }
const ignored = (note: string): Treatment => ({ is: 'ignored', note })
const approximated = (note: string): Treatment => ({ is: 'approximated', note })
const refused = (note: string, hint: string): Treatment => ({ is: 'refused', note, hint })

/** Every field of the Application envelope, by pattern. The loader consults it for each field that is written. */
export const FIELD_LEDGER: Readonly<Record<string, Treatment>> = {
  apiVersion: mapped,
  kind: mapped,
  metadata: mapped,
  'metadata.name': mapped,
  'metadata.namespace': mapped,
  'metadata.labels': mapped,
  'metadata.annotations': mapped,
  'metadata.generateName': ignored('generateName has no effect: the name is used as written'),
  'metadata.uid': silent,
  'metadata.resourceVersion': silent,
  'metadata.generation': silent,
  'metadata.creationTimestamp': silent,
  'metadata.deletionTimestamp': silent,
  'metadata.managedFields': silent,
  'metadata.finalizers': ignored('finalizers have no effect: "down" always removes everything'),
  'metadata.ownerReferences': ignored('ownerReferences have no effect: no other object owns an application here'),
  'metadata.selfLink': silent,
  status: silent,
  spec: mapped,
  'spec.components': mapped,
  'spec.components[].name': mapped,
  'spec.components[].type': mapped,
  'spec.components[].properties': mapped,
  'spec.components[].dependsOn': mapped,
  'spec.components[].inputs': mapped,
  'spec.components[].inputs[].from': mapped,
  'spec.components[].inputs[].parameterKey': mapped,
  'spec.components[].outputs': mapped,
  'spec.components[].outputs[].name': mapped,
  'spec.components[].outputs[].valueFrom': mapped,
  'spec.components[].traits': mapped,
  'spec.components[].traits[].type': mapped,
  'spec.components[].traits[].properties': mapped,
  'spec.components[].externalRevision': approximated(
    'externalRevision names a component revision of a cluster: the component is used as written',
  ),
  'spec.components[].scopes': ignored('scopes have no effect: KubeVela no longer acts on them either'),
  'spec.policies': mapped,
  'spec.policies[].name': mapped,
  'spec.policies[].type': mapped,
  'spec.policies[].properties': mapped,
  'spec.workflow': mapped,
  'spec.workflow.ref': refused(
    'workflow.ref names a Workflow object of a cluster, which is not supported yet',
    'write the steps under spec.workflow.steps',
  ),
  'spec.workflow.mode': mapped,
  'spec.workflow.mode.steps': mapped,
  'spec.workflow.mode.subSteps': mapped,
  'spec.workflow.steps': mapped,
  ...stepEntries('spec.workflow.steps[]'),
  'spec.workflow.steps[].mode': mapped,
  'spec.workflow.steps[].subSteps': mapped,
  ...stepEntries('spec.workflow.steps[].subSteps[]'),
}

function stepEntries(prefix: string): Record<string, Treatment> {
  const fields = ['name', 'type', 'meta', 'meta.alias', 'if', 'timeout', 'dependsOn', 'properties']
  const bindings = ['inputs', 'inputs[].from', 'inputs[].parameterKey', 'outputs', 'outputs[].name', 'outputs[].valueFrom']
  return Object.fromEntries([...fields, ...bindings].map((field) => [`${prefix}.${field}`, mapped]))
}

/** Annotations of an Application that change KubeVela's behaviour. Source: KubeVela, pkg/oam/labels.go. */
export const ANNOTATION_LEDGER: Readonly<Record<string, Treatment>> = {
  'app.oam.dev/publishVersion': mapped,
  'app.oam.dev/autoUpdate': ignored('autoUpdate has no effect: definitions do not change while an application runs'),
  'app.oam.dev/restart-workflow': ignored('restart-workflow has no effect: use "minipaas workflow restart"'),
  'app.oam.dev/workflowName': ignored('workflowName has no effect: conditions that read context.workflowName are not supported'),
  'app.oam.dev/reconcile-interval': ignored('reconcile-interval has no effect: changes are seen at once'),
  'filter.oam.dev/annotation-keys': mapped,
  'filter.oam.dev/label-keys': mapped,
  'kubectl.kubernetes.io/last-applied-configuration': silent,
}

/** Labels of an Application that change KubeVela's behaviour. */
export const LABEL_LEDGER: Readonly<Record<string, Treatment>> = {
  'controller.core.oam.dev/pause': approximated('the pause label does not pause here: use "minipaas workflow suspend"'),
}

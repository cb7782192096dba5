import { type Diagnostic, within } from '../../kernel/diagnostic.ts'
import type { AppModel } from '../../model/app-model.ts'
import type { ComponentSource } from '../../model/component.ts'
import { type ComponentKey, componentKey } from '../../model/names.ts'
import type { WorkflowStep } from '../../model/workflow.ts'
import { type ScalingLoad, visibleFrom, type WrittenScaler } from './scaling-documents.ts'

interface PlacedJobs {
  /** Those that are shown with the application. */
  readonly of: (model: AppModel) => readonly ComponentSource[]
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Each ScaledJob document as a component: with the first application of its namespace, or else with the first of all, because a component
 * is always one of an application here.
 */
export function placeJobs(models: readonly AppModel[], scaling: ScalingLoad, others: readonly ComponentSource[]): PlacedJobs {
  const placed = new Map<AppModel, ComponentSource[]>()
  const diagnostics: Diagnostic[] = []
  const taken = new Map<ComponentKey, ComponentSource>(others.map((source) => [source.key, source]))
  for (const job of scaling.jobs) {
    const model = models.find(({ namespace }) => namespace === job.namespace) ?? models[0]
    if (model === undefined) continue
    const source = sourceOf(job, model, scaling)
    const other = taken.get(source.key)
    if (other !== undefined) diagnostics.push(nameTaken(job, other))
    else placed.set(model, [...(placed.get(model) ?? []), source])
  }
  return { of: (model) => placed.get(model) ?? [], diagnostics }
}

/** Applied at once, as a document beside the application is: it waits for no step, and no step waits for it. */
export function stepOf(source: ComponentSource): WorkflowStep {
  return {
    name: `scaled-job-${source.name}`,
    type: 'apply-object',
    work: { do: 'apply', components: [source], parallelism: 1, approve: 'none' },
    dependsOn: [],
    inputs: [],
    outputs: [],
    origin: source.origin,
  }
}

function sourceOf(
  { type, name, namespace, annotations, labels, spec, origin }: WrittenScaler,
  model: AppModel,
  scaling: ScalingLoad,
): ComponentSource {
  const authentications = visibleFrom(namespace, scaling.authentications)
  return {
    key: componentKey(namespace, name),
    name,
    namespace,
    app: model.name,
    type: { type, params: { metadata: { name, annotations }, spec }, origin },
    traits: [],
    local: [],
    scaling: { uses: [], authentications, interceptorRoutes: [] },
    needs: [],
    inputs: [],
    outputs: [],
    labels,
    annotations: {},
    origin,
  }
}

/** Objects of different kinds may share a name in a cluster; components may not. */
function nameTaken({ name, origin }: WrittenScaler, other: ComponentSource): Diagnostic {
  const related = [{ message: 'the component', origin: within(other.origin, 'name') }]
  const message = `ScaledJob "${name}" has the name of a component of application "${other.app}"`
  return { code: 'MP3119', severity: 'error', message, origin: within(origin, 'metadata', 'name'), related, hint: 'rename one of them' }
}

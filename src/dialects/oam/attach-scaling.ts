import type { DefinitionView } from '../../definitions/definition.ts'
import { type Diagnostic, within } from '../../kernel/diagnostic.ts'
import { didYouMean } from '../../kernel/nearest.ts'
import type { AppModel } from '../../model/app-model.ts'
import type { ComponentSource } from '../../model/component.ts'
import type { ComponentKey } from '../../model/names.ts'
import type { Use } from '../../model/use.ts'
import { appliedSources, mapSources } from '../step-components.ts'
import { placeJobs, stepOf } from './scaled-jobs.ts'
import { type ScalingLoad, targetOf, visibleFrom, type WrittenScaler } from './scaling-documents.ts'

interface Attached {
  readonly models: readonly AppModel[]
  readonly diagnostics: readonly Diagnostic[]
}

/** Gives each component the scaling documents that name it, and those that its triggers may refer to. */
export function attachScaling(models: readonly AppModel[], scaling: ScalingLoad, view: DefinitionView): Attached {
  const sources = models.flatMap((model) => [...appliedSources(model.workflow.steps), ...model.components])
  const jobs = placeJobs(models, scaling, sources)
  const diagnostics: Diagnostic[] = [...jobs.diagnostics]
  const uses = new Map<ComponentKey, Use[]>()
  for (const scaler of scaling.scalers) {
    const found = findTarget(scaler, sources, view)
    if ('code' in found) diagnostics.push(found)
    else uses.set(found.key, [...(uses.get(found.key) ?? []), useOf(scaler)])
  }
  const add = (source: ComponentSource): ComponentSource => {
    const own = uses.get(source.key) ?? []
    if (own.length === 0 && !source.traits.some(({ type }) => view.find('trait', type)?.scales === true)) return source
    const authentications = visibleFrom(source.namespace, scaling.authentications)
    const routes = scaling.interceptorRoutes.filter(({ namespace }) => namespace === source.namespace)
    const interceptorRoutes = routes.map(({ namespace: _, ...route }) => route)
    if (own.length + authentications.length + interceptorRoutes.length === 0) return source
    return { ...source, scaling: { uses: own, authentications, interceptorRoutes } }
  }
  const attached = models.map((model, index) => ({
    ...model,
    components: [...model.components.map(add), ...jobs.of(model)],
    workflow: { ...model.workflow, steps: [...jobs.of(model).map(stepOf), ...mapSources(model.workflow.steps, add)] },
    // What is not simulated is listed with the first application.
    notes: index === 0 ? [...model.notes, ...scaling.notes] : model.notes,
  }))
  return { models: attached, diagnostics }
}

/** The document as parameters of its definition: without what the cluster fills in. */
function useOf({ type, name, annotations, spec, origin }: WrittenScaler): Use {
  const metadata = type === 'object/ScaledObject' ? { name, annotations } : { name }
  return { type, params: { metadata, spec }, origin }
}

/** A component is the workload of its name. Source: KubeVela names a workload like its component. */
function findTarget(scaler: WrittenScaler, sources: readonly ComponentSource[], view: DefinitionView): ComponentSource | Diagnostic {
  const { name, kind } = targetOf(scaler)
  const here = sources.filter(({ namespace }) => namespace === scaler.namespace)
  const found = here.find((source) => source.name === name)
  const origin = within(scaler.origin, 'spec', 'scaleTargetRef', 'name')
  if (found === undefined) {
    const said = typeof name === 'string' ? ` "${name}"` : ''
    const message = `${scaler.kind} "${scaler.name}" scales ${kind}${said}, which does not exist in namespace "${scaler.namespace}"`
    const names = here.map((source) => source.name)
    const known = names.length === 0 ? 'there are no components in this namespace' : `components here: ${[...new Set(names)].join(', ')}`
    const hint = (typeof name === 'string' ? didYouMean(name, names) : undefined) ?? known
    return { code: 'MP3140', severity: 'error', message, origin, hint }
  }
  const workload = view.find('component', found.type.type)?.workload
  if (workload === undefined || workload === kind) return found
  const message = `${scaler.kind} "${scaler.name}" scales a ${kind}, but component "${found.name}" is a ${workload}`
  const related = [{ message: 'the component', origin: within(found.origin, 'type') }]
  const scalable = workload === 'Deployment' || workload === 'StatefulSet'
  const hint = scalable ? `write kind: ${workload}` : 'only Deployments and StatefulSets have a number of replicas'
  return { code: 'MP3141', severity: 'error', message, origin: within(scaler.origin, 'spec', 'scaleTargetRef'), related, hint }
}

import { loadApplications } from '../dialects/load.ts'
import type { LoadResult } from '../dialects/loading.ts'
import { appliedSources } from '../dialects/step-components.ts'
import type { AppModel } from '../model/app-model.ts'
import type { ComponentSource } from '../model/component.ts'
import type { ComponentKey } from '../model/names.ts'
import type { StepWork, WorkflowStep } from '../model/workflow.ts'
import type { ApplyOrder } from '../wire/requests.ts'
import { type ControlPorts, RefusalError } from './ports.ts'
import type { ApplicationOrder } from './state.ts'

/** Reads the files of an order. Diagnostics are in the result; nothing is thrown for what the user wrote. */
export function loadOrder(order: ApplyOrder, ports: ControlPorts): Promise<LoadResult> {
  return loadApplications(
    {
      files: order.files,
      directory: order.directory,
      ...(order.overlay === undefined ? {} : { overlay: order.overlay }),
      envFiles: order.envFiles,
      environment: order.environment ?? ports.environment,
      strict: order.strict,
    },
    ports.files,
    ports.definitions,
  )
}

/** The order of an application that is known, so that its files can be read again; undefined when they came from standard input. */
export function reloadOrder(order: ApplicationOrder): ApplyOrder | undefined {
  if (order.fromStdin) return undefined
  return {
    files: order.files.map((path) => ({ path })),
    directory: order.directory,
    ...(order.overlay === undefined ? {} : { overlay: order.overlay }),
    envFiles: [...order.envFiles],
    components: [...order.components],
    engine: 'auto',
    build: false,
    removeOrphans: false,
    strict: order.strict,
    scale: {},
    watch: order.watch,
  }
}

export function rememberOrder(order: ApplyOrder): ApplicationOrder {
  return {
    files: order.files.flatMap((file) => ('path' in file ? [file.path] : [])),
    fromStdin: order.files.some((file) => 'stdin' in file),
    directory: order.directory,
    ...(order.overlay === undefined ? {} : { overlay: order.overlay }),
    envFiles: order.envFiles,
    components: order.components,
    strict: order.strict,
    watch: order.watch,
  }
}

/** `up web api`: only these components and what they need are applied; the others stay as they are. */
export function selectComponents(models: readonly AppModel[], names: readonly string[]): readonly AppModel[] {
  if (names.length === 0) return models
  const all = models.flatMap((model) => appliedSources(model.workflow.steps))
  const wanted = new Set<ComponentKey>()
  for (const name of names) {
    const found = all.filter((component) => component.name === name || component.key === name)
    if (found.length === 0) {
      const known = [...new Set(all.map((component) => component.key))].join(', ')
      throw new RefusalError(404, { code: 'MP8004', message: `there is no component "${name}"`, next: `the model declares ${known}` })
    }
    for (const component of found) addWithNeeds(component, all, wanted)
  }
  return models.map((model) => ({
    ...model,
    workflow: { ...model.workflow, steps: model.workflow.steps.map((step) => selectInStep(step, wanted)) },
  }))
}

function addWithNeeds(component: ComponentSource, all: readonly ComponentSource[], wanted: Set<ComponentKey>): void {
  if (wanted.has(component.key)) return
  wanted.add(component.key)
  for (const need of component.needs) for (const other of all) if (other.key === need.on) addWithNeeds(other, all, wanted)
}

function selectInStep(step: WorkflowStep, wanted: ReadonlySet<ComponentKey>): WorkflowStep {
  return { ...step, work: selectInWork(step.work, wanted) }
}

function selectInWork(work: StepWork, wanted: ReadonlySet<ComponentKey>): StepWork {
  if (work.do === 'apply') return { ...work, components: work.components.filter((component) => wanted.has(component.key)) }
  if (work.do === 'group') return { ...work, steps: work.steps.map((step) => selectInStep(step, wanted)) }
  return work
}

import type { LoadResult } from '../dialects/loading.ts'
import { appliedKeys, appliedSources } from '../dialects/step-components.ts'
import type { AppModel, SecretValues } from '../model/app-model.ts'
import type { ApplyAnswer } from '../wire/answers.ts'
import type { ApplyOrder } from '../wire/requests.ts'
import { type AskedScale, readScale } from './asked-scale.ts'
import type { AppliedModel } from './input.ts'
import { loadOrder, rememberOrder, selectComponents } from './loading.ts'
import { type ControlPorts, RefusalError } from './ports.ts'
import type { ControlState } from './state.ts'

/** An order whose files were read and are good. */
export interface AcceptedOrder {
  readonly models: readonly AppliedModel[]
  readonly secrets: SecretValues
  readonly result: LoadResult
  readonly scale: AskedScale
}

/** Loads an order; a model with errors is refused with its diagnostics. */
export async function acceptOrder(order: ApplyOrder, ports: ControlPorts): Promise<AcceptedOrder> {
  const result = await loadOrder(order, ports)
  if (!result.outcome.ok) {
    const errors = result.shown.filter((diagnostic) => diagnostic.severity === 'error').length
    throw new RefusalError(422, {
      code: 'MP8006',
      message: errors === 1 ? 'the model has an error' : `the model has ${errors} errors`,
      next: 'nothing was changed; correct the model and run the command again',
      diagnostics: result.shown,
    })
  }
  const { applications, secrets } = result.outcome.value
  if (applications.length === 0) {
    throw new RefusalError(422, {
      code: 'MP8007',
      message: 'the given files declare no application',
      next: 'name the model with -f',
      diagnostics: result.shown,
    })
  }
  const remembered = rememberOrder(order)
  const models = selectComponents(applications, order.components).map((model) => ({
    model,
    order: remembered,
    images: { build: order.build, ...(order.pull === undefined ? {} : { pull: order.pull }) },
    diagnostics: result.shown.filter(
      (diagnostic) => diagnostic.origin === undefined || concerns(diagnostic.origin.file, model, applications),
    ),
    ...(order.session === undefined ? {} : { session: order.session }),
  }))
  return { models, secrets, result, scale: readScale(order, models, ports.definitions) }
}

/** The applications of an order, each with the components that its workflow applies. */
export function describeAccepted(accepted: AcceptedOrder): ApplyAnswer['applications'] {
  return accepted.models.map(({ model: { name, namespace, workflow } }) => {
    const components = [...new Set(appliedKeys(workflow.steps))]
    return { name, namespace, components }
  })
}

/** A diagnostic of a file that holds other applications only is theirs. */
function concerns(file: string, model: AppModel, all: readonly AppModel[]): boolean {
  const owners = all.filter((candidate) => candidate.origin.file === file)
  return owners.length === 0 || owners.includes(model)
}

/** Refuses what another application of the environment owns. Source: KubeVela, names are not prefixed by the application. */
export function refuseCollisions(models: readonly AppliedModel[], state: ControlState): void {
  const given = new Map(models.map((item) => [item.model.name, item.model]))
  for (const app of state.apps.values()) {
    const again = given.get(app.model.name)
    if (again !== undefined && again.namespace !== app.model.namespace) {
      throw new RefusalError(409, {
        code: 'MP8008',
        message: `application ${app.model.name} runs here in namespace ${app.model.namespace}, the given one is for ${again.namespace}`,
        next: 'rename one of them, end the other first, or use another --project-name',
      })
    }
    if (again !== undefined || app.ending !== undefined) continue
    for (const { model } of models) {
      const shared = appliedSources(model.workflow.steps).find((component) => app.applied.has(component.key))
      if (shared === undefined) continue
      throw new RefusalError(409, {
        code: 'MP8008',
        message: `component ${shared.key} belongs to application ${app.model.name} already`,
        next: 'rename one of them, put one into another namespace, or use another --project-name',
      })
    }
  }
}

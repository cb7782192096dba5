import type { ComponentCommand, DownOrder, WorkflowCommand } from '../wire/requests.ts'
import { isRunAgain } from './executions/executions.ts'
import { appliedComponents, findComponent } from './find-component.ts'
import type { Command } from './input.ts'
import { RefusalError } from './ports.ts'
import type { Question } from './questions.ts'
import { metricCommand, pauseCommand } from './scaling/scaler-commands.ts'
import { isEnded } from './workflow/run.ts'

/** A request about components as commands of the control core; unknown names are refused before anything happens. */
export function commandsOf(request: ComponentCommand, { state }: Question): readonly Command[] {
  if (request.do === 'scale') {
    return Object.entries(request.replicas).map(([name, replicas]) => {
      const { component } = findComponent(name, state)
      if (component.run.type !== 'forever') {
        throw new RefusalError(409, {
          code: 'MP8012',
          message: `${component.key} runs to completion and cannot be scaled`,
          next: isRunAgain(component)
            ? 'its triggers, minReplicaCount and maxReplicaCount say how many jobs are created'
            : 'its "count" is in the model',
        })
      }
      return { do: 'scale', component: component.key, replicas }
    })
  }
  if (request.do === 'metric') return [metricCommand(request, state)]
  if (request.do === 'pause' || request.do === 'resume') return [pauseCommand(request, state)]
  const keys = request.components.map((name) => findComponent(name, state).component.key)
  return [{ do: request.do, components: keys.length === 0 ? [...appliedComponents(state).keys()] : keys }]
}

export function downCommand(order: DownOrder, { state }: Question): Command {
  for (const name of order.applications) {
    if (state.apps.has(name)) continue
    const known = [...state.apps.keys()].join(', ')
    throw new RefusalError(404, { code: 'MP8013', message: `there is no application "${name}"`, next: `running here: ${known}` })
  }
  return {
    do: 'down',
    applications: order.applications,
    volumes: order.volumes,
    images: order.images === 'local',
    ...(order.timeout === undefined ? {} : { graceMs: order.timeout * 1000 }),
  }
}

export function workflowCommandOf(request: WorkflowCommand, { state }: Question): Command {
  const app = state.apps.get(request.application)
  if (app === undefined) {
    const known = [...state.apps.keys()].join(', ')
    throw new RefusalError(404, {
      code: 'MP8013',
      message: `there is no application "${request.application}"`,
      next: `running here: ${known}`,
    })
  }
  // Source: KubeVela, `vela workflow`: only a restart gets an ended workflow going.
  if (request.do !== 'restart' && isEnded(app.run)) {
    throw new RefusalError(409, {
      code: 'MP8015',
      message: `the workflow of ${request.application} has ended (${app.run.status})`,
      next: `"minipaas workflow restart ${request.application}" runs it again`,
    })
  }
  const { application, step } = request
  return { do: 'workflow', verb: request.do, application, ...(step === undefined ? {} : { step }) }
}

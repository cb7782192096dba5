import { didYouMean } from '../../kernel/nearest.ts'
import type { Component } from '../../model/component.ts'
import type { ComponentCommand } from '../../wire/requests.ts'
import { isRunAgain } from '../executions/executions.ts'
import { findComponent } from '../find-component.ts'
import type { Command } from '../input.ts'
import { RefusalError } from '../ports.ts'
import type { ControlState } from '../state.ts'
import { isScaled } from './scaled.ts'

/** Source: KEDA, annotations of a ScaledObject. */
const PAUSED = 'autoscaling.keda.sh/paused'
const PAUSED_REPLICAS = 'autoscaling.keda.sh/paused-replicas'
const PAUSED_SCALE = { in: 'autoscaling.keda.sh/paused-scale-in', out: 'autoscaling.keda.sh/paused-scale-out' }

/** Pauses and resumes are annotations, as with KEDA. */
export function pauseCommand(request: Extract<ComponentCommand, { do: 'pause' | 'resume' }>, state: ControlState): Command {
  const scaled = request.components.map((name) => scaledComponent(name, state))
  if (request.do === 'pause') for (const component of scaled) refusePartialPause(component, request)
  const components = scaled.map(({ key }) => key)
  return { do: 'annotate-scaler', components, annotations: request.do === 'resume' ? RESUMED : annotationsOf(request) }
}

/** Source: KEDA knows paused-replicas, paused-scale-in and paused-scale-out for a ScaledObject alone. */
function refusePartialPause(component: Component, { replicas, direction }: Extract<ComponentCommand, { do: 'pause' }>): void {
  if (!isRunAgain(component) || (replicas === undefined && direction === undefined)) return
  throw new RefusalError(409, {
    code: 'MP8012',
    message: `${component.key} is a ScaledJob: it is paused as a whole, and has no number of replicas`,
    next: `"minipaas pause ${component.name}" creates no more jobs`,
  })
}

/** What the model says is paused is resumed too. */
const RESUMED = { [PAUSED]: null, [PAUSED_REPLICAS]: null, [PAUSED_SCALE.in]: null, [PAUSED_SCALE.out]: null }

function annotationsOf({ replicas, direction }: Extract<ComponentCommand, { do: 'pause' }>): Readonly<Record<string, string>> {
  if (direction !== undefined) return { [PAUSED_SCALE[direction]]: 'true' }
  return replicas === undefined ? { [PAUSED]: 'true' } : { [PAUSED_REPLICAS]: String(replicas) }
}

export function metricCommand(request: Extract<ComponentCommand, { do: 'metric' }>, state: ControlState): Command {
  const component = scaledComponent(request.component, state)
  const { triggers } = component.scale
  const named = triggers.filter(({ name, type }) => name === request.trigger || type === request.trigger)
  const trigger = named.length === 1 ? named[0] : triggers[Number.parseInt(request.trigger, 10)]
  if (trigger !== undefined) return { do: 'set-metric', metric: `${component.key}/${trigger.name}`, value: request.value ?? undefined }
  const known = triggers.map(({ name }) => name)
  const what =
    named.length > 1
      ? `${component.key} has several triggers of type ${request.trigger}`
      : `${component.key} has no trigger "${request.trigger}"`
  throw new RefusalError(404, {
    code: 'MP8017',
    message: what,
    next: didYouMean(request.trigger, known) ?? `its triggers are ${known.join(', ')}; a number counts them from 0`,
  })
}

/** A component that something scales; refuses others. */
export function scaledComponent(name: string, state: ControlState): Component {
  const { component } = findComponent(name, state)
  if (isScaled(component)) return component
  throw new RefusalError(409, {
    code: 'MP8018',
    message: `nothing scales ${component.key}: its number of replicas is fixed`,
    next: 'give it a scaling trait (keda-auto-scaler, hpa, cpuscaler) or a ScaledObject',
  })
}

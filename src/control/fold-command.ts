import { unreachable } from '../kernel/fault.ts'
import type { Instant } from '../kernel/instant.ts'
import type { Component } from '../model/component.ts'
import type { ComponentKey } from '../model/names.ts'
import type { Folded } from './apply-models.ts'
import { appliedComponents } from './find-component.ts'
import { noteBuilt } from './image-book.ts'
import type { Command } from './input.ts'
import { isScaled } from './scaling/scaled.ts'
import type { ApplicationState, ControlState, Ending } from './state.ts'
import { resumeRun, startRun, suspendRun, terminateRun } from './workflow/run.ts'

export function foldCommand(state: ControlState, command: Command, now: Instant): Folded {
  return { state: changed(state, command, now), effects: [{ type: 'save' }] }
}

function changed(state: ControlState, command: Command, now: Instant): ControlState {
  switch (command.do) {
    case 'down':
      return takeDown(state, command)
    case 'restart': {
      const restartTokens = new Map(state.manual.restartTokens)
      for (const key of command.components) restartTokens.set(key, nextToken(state, key))
      const stopped = without(state.manual.stopped, command.components)
      return forgive({ ...state, manual: { ...state.manual, restartTokens, stopped } }, command.components)
    }
    case 'start':
      return forgive(
        { ...state, manual: { ...state.manual, stopped: without(state.manual.stopped, command.components) } },
        command.components,
      )
    case 'stop':
      return { ...state, manual: { ...state.manual, stopped: new Set([...state.manual.stopped, ...command.components]) } }
    case 'scale': {
      const scaled = appliedComponents(state).get(command.component)?.component
      if (scaled !== undefined && isScaled(scaled)) return scaleByHand(state, scaled, command.replicas, now)
      const scale = new Map(state.manual.scale).set(command.component, { replicas: command.replicas, at: now })
      return { ...state, manual: { ...state.manual, scale, stopped: without(state.manual.stopped, [command.component]) } }
    }
    case 'annotate-scaler': {
      const pauses = new Map(state.manual.pauses)
      for (const key of command.components) {
        if (Object.keys(command.annotations).length === 0) pauses.delete(key)
        else pauses.set(key, command.annotations)
      }
      return { ...state, manual: { ...state.manual, pauses } }
    }
    case 'set-metric': {
      const metrics = new Map(state.manual.metrics)
      if (command.value === undefined) metrics.delete(command.metric)
      else metrics.set(command.metric, command.value)
      return { ...state, manual: { ...state.manual, metrics } }
    }
    case 'workflow':
      return changeApp(state, command.application, (app) => steerWorkflow(app, command, now))
    case 'images-built':
      return { ...state, images: noteBuilt(state.images, command.refs, state.pass) }
    case 'session':
      return changeApp(state, command.application, (app) => {
        const { session: _session, ...rest } = app
        return command.session === undefined ? rest : { ...rest, session: command.session }
      })
    default:
      return unreachable(command)
  }
}

/** As `kubectl scale` writes `spec.replicas` of what an autoscaler looks after: it goes on from there. */
function scaleByHand(state: ControlState, component: Component, replicas: number, now: Instant): ControlState {
  const known = state.scaled.get(component.key) ?? { since: now, active: [] }
  const scaled = new Map(state.scaled).set(component.key, { ...known, replicas })
  return { ...state, scaled, manual: { ...state.manual, stopped: without(state.manual.stopped, [component.key]) } }
}

/** One more than any token in use, so that replicas of an earlier daemon count as behind too. */
function nextToken(state: ControlState, key: ComponentKey): number {
  const observed = (state.observed?.replicas ?? []).filter((replica) => replica.component === key).map((replica) => replica.restartToken)
  return Math.max(0, state.manual.restartTokens.get(key) ?? 0, ...observed) + 1
}

function without(stopped: ReadonlySet<ComponentKey>, keys: readonly ComponentKey[]): ReadonlySet<ComponentKey> {
  const rest = new Set(stopped)
  for (const key of keys) rest.delete(key)
  return rest
}

/** A command of the user is a reason to try again at once whatever has failed before. */
function forgive(state: ControlState, keys: readonly ComponentKey[]): ControlState {
  const groups = new Set<string>(keys)
  const failures = new Map([...state.work.failures].filter(([key]) => ![...groups].some((group) => key.includes(group))))
  return { ...state, work: { ...state.work, failures } }
}

function takeDown(state: ControlState, command: Extract<Command, { do: 'down' }>): ControlState {
  const apps = new Map(state.apps)
  for (const [name, app] of apps) {
    if (command.applications.length > 0 && !command.applications.includes(name)) continue
    const volumes = command.volumes || app.ending?.volumes === true
    const images = command.images === true ? 'wanted' : app.ending?.images
    const ending: Ending = {
      volumes,
      ...(images === undefined ? {} : { images }),
      ...(command.graceMs === undefined ? {} : { graceMs: command.graceMs }),
    }
    apps.set(name, { ...app, ending })
  }
  return { ...state, apps }
}

function changeApp(state: ControlState, name: string, change: (app: ApplicationState) => ApplicationState): ControlState {
  const app = state.apps.get(name)
  return app === undefined ? state : { ...state, apps: new Map(state.apps).set(name, change(app)) }
}

function steerWorkflow(app: ApplicationState, command: Extract<Command, { do: 'workflow' }>, now: Instant): ApplicationState {
  switch (command.verb) {
    case 'suspend':
      return { ...app, run: suspendRun(app.run) }
    case 'resume':
      return { ...app, run: resumeRun(app.run, command.step) }
    case 'terminate':
      return { ...app, run: terminateRun(app.run, now) }
    case 'restart':
      return { ...app, run: startRun(app.model.name, app.revision, app.model.workflow, now) }
    default:
      return unreachable(command.verb)
  }
}

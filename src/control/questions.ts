import type { EnvironmentControl } from './environment-control.ts'
import { openExec } from './exec-session.ts'
import { explainComponent, shownComponent } from './explain.ts'
import { findComponent } from './find-component.ts'
import { requireLocalPort } from './local-port.ts'
import { readLogs } from './log-reader.ts'
import { RefusalError } from './ports.ts'
import type { RunningEnvironment, RunningPorts } from './running-environment.ts'
import type { ControlState } from './state.ts'
import { environmentSummary, environmentView } from './views.ts'

export interface Question {
  readonly state: ControlState
}

/** Everything that can be asked of an environment; nothing here changes it. */
export class Questions {
  readonly #ports: RunningPorts
  readonly #running: RunningEnvironment

  constructor(ports: RunningPorts, running: RunningEnvironment) {
    this.#ports = ports
    this.#running = running
  }

  /** The state; that of an environment where nothing runs is empty. */
  state(): ControlState {
    const engine = this.#running.machinery?.engine ?? this.#ports.control.engines[0]
    if (engine === undefined) throw new RefusalError(503, { code: 'MP4005', message: 'there is no engine' })
    return this.#running.stateOn(engine)
  }

  view(): ReturnType<EnvironmentControl['view']> {
    return environmentView(this.state(), this.#ports.events.seq, this.#ports.control.definitions)
  }

  summary(): ReturnType<EnvironmentControl['summary']> {
    return environmentSummary(this.state(), this.#ports.control.definitions)
  }

  explain(name: string): ReturnType<EnvironmentControl['explain']> {
    const state = this.state()
    const { control } = this.#ports
    return explainComponent(findComponent(name, state), {
      state,
      definitions: control.definitions,
      secrets: this.#running.secrets,
      locate: (origin) => this.#running.loaded?.locate(origin),
    })
  }

  scale(name: string): ReturnType<EnvironmentControl['scale']> {
    return this.machinery().scaling.view(name)
  }

  clock(): ReturnType<EnvironmentControl['clock']> {
    return this.machinery().scaling.time.view()
  }

  advance(...[ms, signal]: Parameters<EnvironmentControl['advance']>): ReturnType<EnvironmentControl['advance']> {
    const { scaling, shell } = this.machinery()
    return scaling.time.advance(ms, (listener) => shell.onPass(listener), signal)
  }

  /** Refuses where nothing runs. */
  machinery(): NonNullable<RunningEnvironment['machinery']> {
    const { machinery } = this.#running
    if (machinery !== undefined) return machinery
    throw new RefusalError(404, { code: 'MP8003', message: `nothing runs in environment ${this.#ports.name}` })
  }

  config(): unknown {
    const state = this.state()
    return {
      schemaVersion: 1,
      environment: state.environment,
      applications: [...state.apps.values()].map((app) => ({
        name: app.model.name,
        namespace: app.model.namespace,
        components: [...app.applied.values()].map((item) => shownComponent(item.component)),
      })),
    }
  }

  port(name: string, port: number | undefined): { readonly host: string; readonly port: number } {
    const state = this.state()
    const { component } = findComponent(name, state)
    return { host: '127.0.0.1', port: requireLocalPort(component, port, state) }
  }

  logs(...[query, signal]: Parameters<EnvironmentControl['logs']>): ReturnType<EnvironmentControl['logs']> {
    const { engine, owner, shell } = this.machinery()
    return readLogs(query, { engine, owner, state: () => shell.state, onPass: (listener) => shell.onPass(listener) }, signal)
  }

  exec(...[request, signal]: Parameters<EnvironmentControl['exec']>): ReturnType<EnvironmentControl['exec']> {
    return openExec(request, this.machinery(), this.#running.secrets, signal)
  }

  replicas(): ReturnType<EnvironmentControl['replicas']> {
    const state = this.state()
    return (state.observed?.replicas ?? []).map((replica) => ({
      id: replica.id,
      component: replica.component,
      phase: state.phases.get(replica.id) ?? replica.phase,
    }))
  }

  debug(): unknown {
    const state = this.state()
    const shown = (_key: string, value: unknown): unknown =>
      value instanceof Map ? Object.fromEntries(value) : value instanceof Set ? [...value] : value
    return JSON.parse(JSON.stringify({ state, inputs: this.#running.machinery?.shell.inputs ?? [] }, shown))
  }
}

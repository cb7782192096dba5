import type { BackendCounters } from '../model/edge.ts'
import type { Engine, ExecSession } from '../model/engine.ts'
import type { Accepted, ApplyAnswer, LogRecord } from '../wire/answers.ts'
import type { ApplyOrder, ComponentCommand, DownOrder, ExecRequest, WorkflowCommand } from '../wire/requests.ts'
import type { EnvironmentSummary, EnvironmentView, ExplainView, PlanView } from '../wire/views.ts'
import { acceptOrder, describeAccepted, refuseCollisions } from './accept-order.ts'
import { commandsOf, downCommand, workflowCommandOf } from './commands.ts'
import { chooseEngine } from './engine-choice.ts'
import { type EnvironmentControl, type EventLog, type LogQuery, RefusalError } from './ports.ts'
import { previewPlan } from './preview.ts'
import { type Question, Questions } from './questions.ts'
import { RunningEnvironment, type RunningPorts } from './running-environment.ts'

/** One environment as the API sees it: orders go to its control core, questions are answered from its state. */
export class Environment implements EnvironmentControl {
  readonly name: string
  readonly events: EventLog
  readonly running: RunningEnvironment
  readonly #ports: RunningPorts
  readonly #questions: Questions

  constructor(ports: RunningPorts) {
    this.name = ports.name
    this.events = ports.events
    this.#ports = ports
    this.running = new RunningEnvironment(ports)
    this.#questions = new Questions(ports, this.running)
  }

  async apply(order: ApplyOrder): Promise<ApplyAnswer> {
    const { control } = this.#ports
    const accepted = await acceptOrder(order, control)
    const { engine, reason } = await chooseEngine(order, this.running.machinery?.engine, control)
    refuseCollisions(accepted.models, this.running.stateOn(engine))
    const machinery = await this.running.begin(engine)
    const { seq } = this.events
    this.running.enter(order, accepted)
    for (const command of scaleCommands(order, this.#questions)) machinery.shell.post({ type: 'command', command })
    return {
      seq,
      diagnostics: [...accepted.result.shown, ...buildNotes(order, engine)],
      environment: this.name,
      engine: engine.name,
      engineReason: reason,
      applications: describeAccepted(accepted),
    }
  }

  async plan(order: ApplyOrder): Promise<PlanView> {
    const { control, context } = this.#ports
    const accepted = await acceptOrder(order, control)
    const { engine } = await chooseEngine(order, this.running.machinery?.engine, control)
    const state = this.running.stateOn(engine)
    refuseCollisions(accepted.models, state)
    return previewPlan(accepted, state, control.clock.now(), context)
  }

  down(order: DownOrder): Promise<Accepted> {
    return this.#command((question) => [downCommand(order, question)])
  }

  command(command: ComponentCommand): Promise<Accepted> {
    return this.#command((question) => commandsOf(command, question))
  }

  workflow(command: WorkflowCommand): Promise<Accepted> {
    return this.#command((question) => [workflowCommandOf(command, question)])
  }

  async #command(make: (question: Question) => ReturnType<typeof commandsOf>): Promise<Accepted> {
    const { machinery } = this.running
    const { seq } = this.events
    if (machinery === undefined) throw new RefusalError(404, { code: 'MP8003', message: `nothing runs in environment ${this.name}` })
    for (const command of make({ state: machinery.shell.state })) machinery.shell.post({ type: 'command', command })
    // An order that was answered survives the daemon.
    await machinery.saved()
    return { seq, diagnostics: [] }
  }

  view(): EnvironmentView {
    return this.#questions.view()
  }

  summary(): EnvironmentSummary {
    return this.#questions.summary()
  }

  explain(component: string): ExplainView {
    return this.#questions.explain(component)
  }

  config(): unknown {
    return this.#questions.config()
  }

  port(component: string, port: number | undefined): { readonly host: string; readonly port: number } {
    return this.#questions.port(component, port)
  }

  logs(query: LogQuery, signal: AbortSignal): AsyncIterable<LogRecord> {
    return this.#questions.logs(query, signal)
  }

  exec(request: ExecRequest, signal: AbortSignal): Promise<ExecSession> {
    return this.#questions.exec(request, signal)
  }

  counters(): readonly BackendCounters[] {
    return this.running.machinery?.link.counters ?? []
  }

  replicas(): ReturnType<EnvironmentControl['replicas']> {
    return this.#questions.replicas()
  }

  debug(): unknown {
    return this.#questions.debug()
  }
}

function buildNotes(order: ApplyOrder, engine: Engine): Accepted['diagnostics'] {
  if (order.build !== true || engine.images !== undefined) return []
  const message = `--build has no effect: the ${engine.name} engine runs programs from their directories and builds no images`
  return [{ code: 'MP4007', severity: 'note', message }]
}

/** `up --scale web=3`, after the model was entered. */
function scaleCommands(order: ApplyOrder, questions: Questions): ReturnType<typeof commandsOf> {
  if (Object.keys(order.scale ?? {}).length === 0) return []
  return commandsOf({ do: 'scale', replicas: order.scale ?? {} }, { state: questions.state() })
}

import type { ExecSession } from '../model/engine.ts'
import type { Accepted, LogRecord } from '../wire/answers.ts'
import type { ApplyOrder, ComponentCommand, DownOrder, ExecRequest, WorkflowCommand } from '../wire/requests.ts'
import { commandsOf, downCommand, workflowCommandOf } from './commands.ts'
import type { EnvironmentControl, LogQuery, ReplicaAccess } from './environment-control.ts'
import { Measurements } from './measuring/measurements.ts'
import { Orders } from './orders.ts'
import { type EventLog, RefusalError } from './ports.ts'
import { type Question, Questions } from './questions.ts'
import { RunningReplicas } from './replica-access.ts'
import { RunningEnvironment, type RunningPorts } from './running-environment.ts'

/** One environment as the API sees it: orders go to its control core, questions are answered from its state. */
export class Environment implements EnvironmentControl {
  readonly name: string
  readonly events: EventLog
  readonly replicaAccess: ReplicaAccess
  readonly running: RunningEnvironment
  readonly #orders: Orders
  readonly #questions: Questions
  readonly #measurements: Measurements

  constructor(ports: RunningPorts) {
    this.name = ports.name
    this.events = ports.events

    this.running = new RunningEnvironment(ports)
    this.replicaAccess = new RunningReplicas(ports.name, this.running)
    this.#orders = new Orders(ports, this.running)
    this.#questions = new Questions(ports, this.running)
    this.#measurements = new Measurements(ports.control, () => this.#questions.machinery())
  }

  apply(order: ApplyOrder): ReturnType<EnvironmentControl['apply']> {
    return this.#orders.apply(order)
  }

  plan(order: ApplyOrder): ReturnType<EnvironmentControl['plan']> {
    return this.#orders.plan(order)
  }

  images(...[order, report, signal]: Parameters<EnvironmentControl['images']>): Promise<void> {
    return this.#orders.images(order, report, signal)
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

  view(): ReturnType<EnvironmentControl['view']> {
    return this.#questions.view()
  }

  summary(): ReturnType<EnvironmentControl['summary']> {
    return this.#questions.summary()
  }

  explain(component: string): ReturnType<EnvironmentControl['explain']> {
    return this.#questions.explain(component)
  }

  clock(): ReturnType<EnvironmentControl['clock']> {
    return this.#questions.clock()
  }

  advance(...[ms, signal]: Parameters<EnvironmentControl['advance']>): ReturnType<EnvironmentControl['advance']> {
    return this.#questions.advance(ms, signal)
  }

  scale(component: string): ReturnType<EnvironmentControl['scale']> {
    return this.#questions.scale(component)
  }

  load(...call: Parameters<EnvironmentControl['load']>): Promise<void> {
    return this.#measurements.load(...call)
  }

  record(...call: Parameters<EnvironmentControl['record']>): Promise<void> {
    return this.#measurements.record(...call)
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

  requests(...[query, signal]: Parameters<EnvironmentControl['requests']>): ReturnType<EnvironmentControl['requests']> {
    const { machinery } = this.running
    if (machinery === undefined) throw new RefusalError(404, { code: 'MP8003', message: `nothing runs in environment ${this.name}` })
    return machinery.link.requests.follow(query, machinery.shell.state, signal)
  }

  exec(request: ExecRequest, signal: AbortSignal): Promise<ExecSession> {
    return this.#questions.exec(request, signal)
  }

  counters(): ReturnType<EnvironmentControl['counters']> {
    return this.running.machinery?.link.counters ?? []
  }

  replicas(): ReturnType<EnvironmentControl['replicas']> {
    return this.#questions.replicas()
  }

  debug(): unknown {
    return this.#questions.debug()
  }
}

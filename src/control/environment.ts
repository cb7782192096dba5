import type { Engine, ExecSession } from '../model/engine.ts'
import type { Accepted, ApplyAnswer, ImageRecord, LogRecord } from '../wire/answers.ts'
import type { ApplyOrder, ComponentCommand, DownOrder, ExecRequest, ImagesOrder, WorkflowCommand } from '../wire/requests.ts'
import { acceptOrder, describeAccepted, refuseCollisions } from './accept-order.ts'
import { commandsOf, downCommand, workflowCommandOf } from './commands.ts'
import { chooseEngine } from './engine-choice.ts'
import { makeImages } from './image-orders.ts'
import { Measurements } from './measuring/measurements.ts'
import { type EnvironmentControl, type EventLog, type LogQuery, RefusalError, type ReplicaAccess } from './ports.ts'
import { previewPlan } from './preview.ts'
import { type Question, Questions } from './questions.ts'
import { RunningReplicas } from './replica-access.ts'
import { RunningEnvironment, type RunningPorts } from './running-environment.ts'
import { chooseClock } from './time/choose-clock.ts'

/** One environment as the API sees it: orders go to its control core, questions are answered from its state. */
export class Environment implements EnvironmentControl {
  readonly name: string
  readonly events: EventLog
  readonly replicaAccess: ReplicaAccess
  readonly running: RunningEnvironment
  readonly #ports: RunningPorts
  readonly #questions: Questions
  readonly #measurements: Measurements

  constructor(ports: RunningPorts) {
    this.name = ports.name
    this.events = ports.events
    this.#ports = ports
    this.running = new RunningEnvironment(ports)
    this.replicaAccess = new RunningReplicas(ports.name, this.running)
    this.#questions = new Questions(ports, this.running)
    this.#measurements = new Measurements(ports.control, () => this.#questions.machinery())
  }

  async apply(order: ApplyOrder): Promise<ApplyAnswer> {
    const { control } = this.#ports
    const accepted = await acceptOrder(order, control)
    const { engine, reason } = await chooseEngine(order, this.running.machinery?.engine, control)
    refuseCollisions(accepted.models, this.running.stateOn(engine))
    const running = this.running.machinery?.shell.state.clock
    await this.running.begin(engine, chooseClock(order, { engine, now: control.clock.now(), running }))
    const { seq } = this.events
    this.running.enter(order, accepted)
    return {
      seq,
      diagnostics: [...accepted.result.shown, ...buildNotes(order, engine)],
      environment: this.name,
      engine: engine.name,
      engineReason: reason,
      applications: describeAccepted(accepted),
    }
  }

  async plan(order: ApplyOrder): ReturnType<EnvironmentControl['plan']> {
    const { control, context } = this.#ports
    const accepted = await acceptOrder(order, control)
    const { engine } = await chooseEngine(order, this.running.machinery?.engine, control)
    const state = this.running.stateOn(engine)
    refuseCollisions(accepted.models, state)
    return previewPlan(accepted, state, control.clock.now(), context)
  }

  async images(order: ImagesOrder, report: (record: ImageRecord) => void, signal: AbortSignal): Promise<void> {
    const { control, context } = this.#ports
    const { engine } = await chooseEngine(order, this.running.machinery?.engine, control)
    const built: string[] = []
    const note = (record: ImageRecord): void => {
      if (order.do === 'build' && record.state === 'done') built.push(record.ref)
      report(record)
    }
    await makeImages(order, { control, context, engine }, note, signal)
    this.running.machinery?.imagesBuilt(built)
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

function buildNotes(order: ApplyOrder, engine: Engine): Accepted['diagnostics'] {
  if (order.build !== true || engine.images !== undefined) return []
  const message = `--build has no effect: the ${engine.name} engine runs programs from their directories and builds no images`
  return [{ code: 'MP4007', severity: 'note', message }]
}

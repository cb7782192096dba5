import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openApi } from '../../runtime/api/api.ts'
import { systemClock } from '../../runtime/time/system-clock.ts'
import { createEventLog } from '../../src/control/event-log.ts'
import { type EnvironmentControl, type Environments, type EventLog, type LogQuery, RefusalError } from '../../src/control/ports.ts'
import { instant } from '../../src/kernel/instant.ts'
import { silentLogger } from '../../src/kernel/logger.ts'
import type { ExecSession } from '../../src/model/engine.ts'
import type { ApplyAnswer, LogRecord, Refusal } from '../../src/wire/answers.ts'
import type { Envelope, EventBody } from '../../src/wire/events.ts'
import { DISCOVERY_FILE } from '../../src/wire/home.ts'
import type { ApplyOrder, DownOrder, ExecRequest } from '../../src/wire/requests.ts'
import type { ApplicationView, EnvironmentView, ExplainView, PlanView } from '../../src/wire/views.ts'
import { scratchDirectory } from './scratch.ts'
import { environmentView } from './views.ts'

/** The version that the daemon and the command line of a test have. */
export const TEST_VERSION = '1.2.3'
/** The environment of a scripted daemon. */
export const TEST_ENVIRONMENT = 'shop'

/**
 * The real API over an environment that a test scripts: it sets what the view shows, emits events, and sees what was
 * asked. Nothing happens by itself, except that `down` removes the applications it names unless `onDown` says otherwise.
 */
export class ScriptedDaemon implements AsyncDisposable {
  readonly home: string
  readonly calls: { readonly name: string; readonly argument: unknown }[] = []
  readonly events: EventLog
  readonly lines: LogRecord[] = []
  /** Sessions: `connect`, `leave` (a goodbye) and `drop` in order. */
  readonly sessions: string[] = []
  applications: readonly ApplicationView[] = []
  view: Partial<EnvironmentView> = {}
  plan: PlanView = { text: '', steps: [], holds: [], diagnostics: [] }
  explanation: Partial<ExplainView> = {}
  config: unknown = {}
  onApply: (order: ApplyOrder) => void = () => {}
  onDown: (order: DownOrder) => void = (order) => this.remove(order)
  readonly #scratch = scratchDirectory()
  readonly #listening = new Set<() => void>()
  #refusal: RefusalError | undefined
  #close: () => Promise<void> = async () => {}

  private constructor() {
    this.home = this.#scratch.path
    this.events = createEventLog({ clock: systemClock, record: () => {} })
  }

  static async open(applications: readonly ApplicationView[] = [], version = TEST_VERSION): Promise<ScriptedDaemon> {
    const daemon = new ScriptedDaemon()
    daemon.applications = applications
    await daemon.#listen(version)
    return daemon
  }

  /** A successor serves the API and is found before this one goes. */
  async replace(version: string): Promise<void> {
    const close = this.#close
    await this.#listen(version)
    await close()
  }

  async #listen(version: string): Promise<void> {
    const token = 'token-of-a-scripted-daemon-0123456789'
    const instance = `instance-${version}`
    const api = await openApi({
      environments: this.#environments(),
      clock: systemClock,
      logger: silentLogger,
      token,
      version: { version, pid: process.pid, startedAt: instant(0), instance },
      sessions: {
        expect: () => {},
        connect: () => {
          this.sessions.push('connect')
          return { leave: () => void this.sessions.push('leave'), drop: () => void this.sessions.push('drop') }
        },
      },
      lifeCycle: {
        clientPresent: () => ({ [Symbol.dispose]: () => {} }),
        shutdown: async (reason) => {
          this.#called('shutdown', reason)
          return { stopping: true }
        },
        shutdownIfIdle: async () => {
          this.#called('shutdownIfIdle', undefined)
          return { stopping: true }
        },
        reportInternal: (error, during) => {
          throw new Error(`scripted daemon: ${during}`, { cause: error })
        },
      },
      metrics: () => '',
    })
    const discovery = { version, pid: process.pid, startTime: 'now', port: api.port, token, instance }
    writeFileSync(join(this.home, DISCOVERY_FILE), JSON.stringify(discovery))
    this.#close = () => api.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close()
    this.#scratch[Symbol.dispose]()
  }

  /** Arguments of all calls of that name. */
  callsOf(name: string): readonly unknown[] {
    return this.calls.filter((call) => call.name === name).map((call) => call.argument)
  }

  refuseNext(status: RefusalError['status'], error: Refusal['error']): void {
    this.#refusal = new RefusalError(status, error)
  }

  emit(body: EventBody): Envelope {
    return this.events.append(body)
  }

  /** What applications there are from now on, told by an event. */
  show(...applications: readonly ApplicationView[]): void {
    this.applications = applications
    this.emit({ type: 'plan.changed', steps: [], holds: [] })
  }

  print(...records: readonly LogRecord[]): void {
    this.lines.push(...records)
    for (const wake of this.#listening) wake()
  }

  remove(order: Pick<DownOrder, 'applications'>): void {
    const { applications: names } = order
    const gone = this.applications.filter(({ name }) => names.length === 0 || names.includes(name))
    this.applications = this.applications.filter((application) => !gone.includes(application))
    for (const { name } of gone) this.emit({ type: 'app.removed', app: name })
  }

  #called(name: string, argument: unknown): void {
    this.calls.push({ name, argument })
    const refusal = this.#refusal
    this.#refusal = undefined
    if (refusal !== undefined) throw refusal
  }

  #environments(): Environments {
    const environment = this.#environment()
    return {
      names: [TEST_ENVIRONMENT],
      get: (name) => (name === TEST_ENVIRONMENT ? environment : undefined),
      open: async () => environment,
      summaries: () => [environment.summary()],
      start: async () => {},
      endSession: async () => {},
      idle: () => this.applications.length === 0,
      onIdleChange: () => ({ [Symbol.dispose]: () => {} }),
      stop: async () => {},
    }
  }

  #environment(): EnvironmentControl {
    const accepted = () => ({ seq: this.events.seq, diagnostics: [] })
    return {
      name: TEST_ENVIRONMENT,
      events: this.events,
      view: () => environmentView(this.applications, { seq: this.events.seq, ...this.view }),
      summary: () => ({
        environment: TEST_ENVIRONMENT,
        engine: 'process',
        applications: this.applications.map(({ components, ...application }) => ({
          ...application,
          components: components.map(({ traits, ...component }) => ({ ...component, traits: traits.map(({ type }) => type) })),
        })),
      }),
      apply: async (order) => this.#apply(order),
      plan: async (order) => {
        this.#called('plan', order)
        return this.plan
      },
      down: async (order) => {
        this.#called('down', order)
        this.onDown(order)
        return accepted()
      },
      command: async (command) => {
        this.#called('command', command)
        return accepted()
      },
      workflow: async (command) => {
        this.#called('workflow', command)
        return accepted()
      },
      explain: (component) => {
        this.#called('explain', component)
        const nothing = { resolved: {}, provenance: [], rewrites: [], notes: [], holds: [] }
        return { ...nothing, ...this.explanation, component: component as ExplainView['component'] }
      },
      config: () => this.config,
      logs: (query, signal) => this.#logs(query, signal),
      exec: async (request) => {
        this.#called('exec', request)
        return echo(request)
      },
      port: (component, port) => {
        this.#called('port', { component, port })
        return { host: '127.0.0.1', port: port ?? 8080 }
      },
      counters: () => [],
      replicas: () => [],
      debug: () => ({}),
    }
  }

  #apply(order: ApplyOrder): ApplyAnswer {
    this.#called('apply', order)
    this.onApply(order)
    const { seq } = this.events
    return {
      seq,
      diagnostics: [],
      environment: TEST_ENVIRONMENT,
      engine: 'process',
      engineReason: 'the model has no images to build or pull',
      applications: this.applications.map(({ name, namespace, components }) => ({
        name,
        namespace,
        components: components.map(({ key }) => key),
      })),
    }
  }

  async *#logs(query: LogQuery, signal: AbortSignal): AsyncIterable<LogRecord> {
    this.#called('logs', query)
    let next = 0
    while (!signal.aborted) {
      for (; next < this.lines.length; next++) {
        const record = this.lines[next]
        if (record !== undefined && (query.components.length === 0 || query.components.includes(record.component))) yield record
      }
      if (!query.follow) return
      await new Promise<void>((resolve) => {
        this.#listening.add(resolve)
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
    }
  }
}

/** Prints its command and its input; the exit code is 3. */
function echo(request: ExecRequest): ExecSession {
  let finish: (code: number) => void = () => {}
  const input: Uint8Array[] = []
  const exitCode = new Promise<number>((resolve) => {
    finish = resolve
  })
  async function* output(): AsyncIterable<{ readonly stream: 'out' | 'err'; readonly data: Uint8Array }> {
    yield { stream: 'err', data: Buffer.from(`$ ${request.command.join(' ')}\n`) }
    await exitCode
    for (const data of input) yield { stream: 'out', data }
  }
  return {
    output: output(),
    write: (data) => void input.push(data),
    endInput: () => finish(3),
    resize: () => {},
    kill: () => finish(130),
    exitCode,
  }
}

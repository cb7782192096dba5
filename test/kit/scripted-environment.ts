import { systemClock } from '../../runtime/time/system-clock.ts'
import type { EnvironmentControl, LogQuery, RequestQuery } from '../../src/control/environment-control.ts'
import { createEventLog } from '../../src/control/event-log.ts'
import { type EventLog, RefusalError } from '../../src/control/ports.ts'
import type { ApplyAnswer, ImageRecord, LogRecord, Refusal } from '../../src/wire/answers.ts'
import type { Envelope, EventBody } from '../../src/wire/events.ts'
import type { RequestItem } from '../../src/wire/request-stream.ts'
import type { ApplyOrder, DownOrder } from '../../src/wire/requests.ts'
import type { ApplicationView, EnvironmentView, ExplainView, PlanView } from '../../src/wire/views.ts'
import { echoSession } from './echo-session.ts'
import { FakeReplicaAccess } from './fake-replica-access.ts'
import { environmentView, scaleViewOf, VIEW_TIME } from './views.ts'

type LoadCall = Parameters<EnvironmentControl['load']>
type RecordCall = Parameters<EnvironmentControl['record']>

/** The environment of a scripted daemon. */
export const TEST_ENVIRONMENT = 'shop'

/**
 * An environment that a test scripts: it sets what the view shows, emits events, and sees what was asked. Nothing
 * happens by itself, except that `down` removes the applications it names unless `onDown` says otherwise.
 */
export class ScriptedEnvironment {
  readonly calls: { readonly name: string; readonly argument: unknown }[] = []
  readonly events: EventLog = createEventLog({ clock: systemClock, record: () => {} })
  readonly lines: LogRecord[] = []
  readonly ended: RequestItem[] = []
  applications: readonly ApplicationView[] = []
  /** How often the view was asked for. */
  looks = 0
  view: Partial<EnvironmentView> = {}
  plan: PlanView = { text: '', steps: [], holds: [], diagnostics: [] }
  explanation: Partial<ExplainView> = {}
  scale: Partial<ReturnType<EnvironmentControl['scale']>> = {}
  clock: ReturnType<EnvironmentControl['clock']> = { kind: 'system', now: VIEW_TIME, speed: 1 }
  config: unknown = {}
  onApply: (order: ApplyOrder) => void = () => {}
  onDown: (order: DownOrder) => void = (order) => this.remove(order)
  /** What `pull` and `build` report. */
  imageRecords: readonly ImageRecord[] = []
  /** Ends the work once it resolves. */
  onImages: (signal: AbortSignal) => Promise<void> = async () => {}
  /** What a load reports, the last one when `onMeasure` resolves; and the same of a recording. */
  loadReports: readonly Parameters<LoadCall[1]>[0][] = []
  traceItems: readonly Parameters<RecordCall[1]>[0][] = []
  onMeasure: (signals: LoadCall[2]) => Promise<void> = async () => {}
  readonly replicaAccess = new FakeReplicaAccess((name, argument) => this.called(name, argument))
  readonly #listening = new Set<() => void>()
  #refusal: RefusalError | undefined

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

  /** Requests that have ended, or something about their stream. */
  end(...items: readonly RequestItem[]): void {
    this.ended.push(...items)
    for (const wake of this.#listening) wake()
  }

  remove(order: Pick<DownOrder, 'applications'>): void {
    const { applications: names } = order
    const gone = this.applications.filter(({ name }) => names.length === 0 || names.includes(name))
    this.applications = this.applications.filter((application) => !gone.includes(application))
    for (const { name } of gone) this.emit({ type: 'app.removed', app: name })
  }

  /** Remembers a call, and refuses it when a test asked for that. */
  called(name: string, argument: unknown): void {
    this.calls.push({ name, argument })
    const refusal = this.#refusal
    this.#refusal = undefined
    if (refusal !== undefined) throw refusal
  }

  /** As the API sees it. */
  control(): EnvironmentControl {
    const accepted = () => ({ seq: this.events.seq, diagnostics: [] })
    return {
      name: TEST_ENVIRONMENT,
      events: this.events,
      replicaAccess: this.replicaAccess,
      view: () => this.#view(),
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
        this.called('plan', order)
        return this.plan
      },
      down: async (order) => {
        this.called('down', order)
        this.onDown(order)
        return accepted()
      },
      load: async (order, report, signals) => {
        this.called('load', order)
        await this.#measure(this.loadReports, report, signals)
      },
      record: async (order, report, signals) => {
        this.called('record', order)
        await this.#measure(this.traceItems, report, signals)
      },
      images: async (order, report, signal) => {
        this.called('images', order)
        for (const record of this.imageRecords) report(record)
        await this.onImages(signal)
      },
      command: async (command) => {
        this.called('command', command)
        return accepted()
      },
      workflow: async (command) => {
        this.called('workflow', command)
        return accepted()
      },
      clock: () => this.clock,
      advance: async (ms) => {
        this.called('advance', ms)
        return this.clock
      },
      scale: (component) => {
        this.called('scale', component)
        return { ...scaleViewOf(component), ...this.scale }
      },
      explain: (component) => {
        this.called('explain', component)
        const nothing = { resolved: {}, provenance: [], rewrites: [], services: [], notes: [], holds: [] }
        return { ...nothing, ...this.explanation, component: component as ExplainView['component'] }
      },
      config: () => this.config,
      logs: (query, signal) => this.#logs(query, signal),
      requests: (query, signal) => this.#requests(query, signal),
      exec: async (request) => {
        this.called('exec', request)
        return echoSession(request)
      },
      port: (component, port) => {
        this.called('port', { component, port })
        return { host: '127.0.0.1', port: port ?? 8080 }
      },
      counters: () => [],
      replicas: () => [],
      debug: () => ({}),
    }
  }

  /** The last application takes the edge with it. */
  #view(): EnvironmentView {
    this.looks++
    const edge = this.applications.length === 0 ? { edge: { state: 'none' } as const } : {}
    return environmentView(this.applications, { seq: this.events.seq, ...edge, ...this.view })
  }

  #apply(order: ApplyOrder): ApplyAnswer {
    this.called('apply', order)
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
    this.called('logs', query)
    let next = 0
    while (!signal.aborted) {
      for (; next < this.lines.length; next++) {
        const record = this.lines[next]
        if (record !== undefined && (query.components.length === 0 || query.components.includes(record.component))) yield record
      }
      if (!query.follow) return
      await this.#more(signal)
    }
  }

  async #measure<T>(items: readonly T[], report: (item: T) => void, signals: LoadCall[2]): Promise<void> {
    for (const item of items.slice(0, -1)) report(item)
    await this.onMeasure(signals)
    for (const item of items.slice(-1)) report(item)
  }

  /** From the first that ended after the one of `after`. */
  async *#requests(query: RequestQuery, signal: AbortSignal): AsyncIterable<RequestItem> {
    this.called('requests', query)
    let next = this.ended.findIndex((item) => 'id' in item && item.id === query.after) + 1
    while (!signal.aborted) {
      for (; next < this.ended.length; next++) {
        const item = this.ended[next]
        if (item !== undefined) yield item
      }
      if (!query.follow) return
      await this.#more(signal)
    }
  }

  #more(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#listening.add(resolve)
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }
}

import type { EnvironmentControl, Environments, LogQuery, RequestQuery } from '../../src/control/environment-control.ts'
import { createEventLog } from '../../src/control/event-log.ts'
import { RefusalError } from '../../src/control/ports.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import type { BackendCounters } from '../../src/model/edge.ts'
import type { ComponentKey, ReplicaId } from '../../src/model/names.ts'
import type { LogRecord } from '../../src/wire/answers.ts'
import type { Envelope } from '../../src/wire/events.ts'
import type { RequestItem } from '../../src/wire/request-stream.ts'
import type { ApplyOrder, ExecRequest } from '../../src/wire/requests.ts'
import { FakeReplicaAccess } from './fake-replica-access.ts'
import { loadReport, scaleViewOf } from './views.ts'

export interface FakeOptions {
  readonly clock: Clock
  readonly eventCapacity?: number
  /** Called by `Environments.start`. */
  readonly onStart?: () => Promise<void>
  readonly onStop?: () => Promise<void>
  readonly record?: (environment: string, envelope: Envelope) => void
}

/** One environment that keeps no replicas and remembers what it was asked. */
export interface FakeEnvironment extends EnvironmentControl {
  readonly calls: { readonly name: string; readonly argument: unknown }[]
  /** The next call of any method that can fail throws this. */
  failNext(error: unknown): void
  /** Lines that `logs` yields; when following, later ones too. */
  readonly lines: LogRecord[]
  /** What `requests` yields. */
  readonly ended: RequestItem[]
  readonly sessions: Set<string>
  counterRows: readonly BackendCounters[]
  readonly replicaAccess: FakeReplicaAccess
}

export interface FakeEnvironments extends Environments {
  fake(name: string): FakeEnvironment
  readonly endedSessions: string[]
  readonly started: boolean
  readonly stopped: boolean
}

/** Environments without a control core: `apply` makes an application of the environment's name, `down` removes it at once. */
export function createFakeEnvironments(options: FakeOptions): FakeEnvironments {
  const all = new Map<string, FakeEnvironment & { readonly hasApplication: boolean }>()
  const listeners = new Set<(idle: boolean) => void>()
  const endedSessions: string[] = []
  let wasIdle = true
  let started = false
  let stopped = false

  const idle = (): boolean => ![...all.values()].some((environment) => environment.hasApplication)
  const changed = (): void => {
    if (idle() === wasIdle) return
    wasIdle = idle()
    for (const listener of listeners) listener(wasIdle)
  }
  const open = (name: string): FakeEnvironment => {
    const known = all.get(name)
    if (known !== undefined) return known
    const made = createFakeEnvironment(name, options, changed)
    all.set(name, made)
    return made
  }

  return {
    endedSessions,
    get started() {
      return started
    },
    get stopped() {
      return stopped
    },
    get names() {
      return [...all.keys()].sort()
    },
    get: (name) => all.get(name),
    fake: open,
    open: async (name) => open(name),
    summaries: () => [...all.values()].map((environment) => environment.summary()),
    async start() {
      await options.onStart?.()
      started = true
    },
    async endSession(session) {
      endedSessions.push(session)
      for (const environment of all.values()) {
        if (environment.sessions.delete(session)) await environment.down({ applications: [], volumes: false, images: 'none' })
      }
    },
    sessions: () => [...all.values()].flatMap((environment) => [...environment.sessions]),
    idle,
    onIdleChange(listener) {
      listeners.add(listener)
      return { [Symbol.dispose]: () => void listeners.delete(listener) }
    },
    async stop() {
      await options.onStop?.()
      stopped = true
    },
  }
}

function createFakeEnvironment(
  name: string,
  options: FakeOptions,
  changed: () => void,
): FakeEnvironment & { readonly hasApplication: boolean } {
  const { clock, eventCapacity } = options
  const events = createEventLog({
    clock,
    record: (envelope) => options.record?.(name, envelope),
    ...(eventCapacity === undefined ? {} : { capacity: eventCapacity }),
  })
  const calls: { readonly name: string; readonly argument: unknown }[] = []
  const lines: LogRecord[] = []
  const ended: RequestItem[] = []
  const sessions = new Set<string>()
  let hasApplication = false
  let failure: { readonly error: unknown } | undefined
  let counterRows: readonly BackendCounters[] = []

  const called = (method: string, argument: unknown): void => {
    calls.push({ name: method, argument })
    if (failure === undefined) return
    const { error } = failure
    failure = undefined
    throw error
  }
  const accepted = { diagnostics: [] }
  const requireComponent = (component: string): void => {
    if (component === 'web') return
    throw new RefusalError(404, { code: 'MP3101', message: `no component "${component}"`, next: 'did you mean "web"?' })
  }

  return {
    name,
    events,
    replicaAccess: new FakeReplicaAccess(called),
    calls,
    lines,
    ended,
    sessions,
    failNext(error) {
      failure = { error }
    },
    get hasApplication() {
      return hasApplication
    },
    get counterRows() {
      return counterRows
    },
    set counterRows(rows) {
      counterRows = rows
    },
    view: () => {
      called('view', undefined)
      return {
        schemaVersion: 1,
        seq: events.seq,
        environment: name,
        engine: { name: 'memory', state: 'healthy', detail: 'fake', attributes: {} },
        edge: { state: 'none' },
        applications: [],
        holds: [],
        strays: [],
      }
    },
    summary: () => ({ environment: name, engine: 'memory', applications: [] }),
    async apply(order: ApplyOrder) {
      called('apply', order)
      if (order.session !== undefined) sessions.add(order.session)
      hasApplication = true
      changed()
      const { seq } = events.append({ type: 'model.loaded', app: name, diagnostics: [] })
      return { ...accepted, seq, environment: name, engine: 'memory', engineReason: 'fake', applications: [] }
    },
    async plan(order) {
      called('plan', order)
      return { text: '', steps: [], holds: [], diagnostics: [] }
    },
    async down(order) {
      called('down', order)
      hasApplication = false
      changed()
      return { ...accepted, seq: events.append({ type: 'app.removed', app: name }).seq }
    },
    async load(order, report, signals) {
      called('load', order)
      await stopped(signals.stop)
      report(loadReport({ type: 'summary' }))
    },
    async record(order, report, signals) {
      called('record', order)
      report({ minipaasTrace: 1, environment: name, startedAt: 0, speed: 1, everyMs: 1000, components: [] })
      await stopped(signals.stop)
    },
    async images(order, report) {
      called('images', order)
      report({ ref: 'web:1', components: ['web' as ComponentKey], state: 'done', text: 'Pulled' })
    },
    async command(command) {
      called('command', command)
      return { ...accepted, seq: events.seq }
    },
    async workflow(command) {
      called('workflow', command)
      return { ...accepted, seq: events.seq }
    },
    clock: () => ({ kind: 'system', now: clock.now(), speed: 1 }),
    async advance(ms) {
      called('advance', ms)
      return { kind: 'system', now: clock.now(), speed: 1 }
    },
    scale(component) {
      called('scale', component)
      requireComponent(component)
      return scaleViewOf(component)
    },
    explain(component) {
      called('explain', component)
      requireComponent(component)
      return { component: component as ComponentKey, resolved: {}, provenance: [], rewrites: [], services: [], notes: [], holds: [] }
    },
    config: () => ({ applications: [{ name }] }),
    logs(query, signal) {
      called('logs', query)
      return fakeLogs(lines, query, signal)
    },
    requests(query, signal) {
      called('requests', query)
      return fakeRequests(ended, query, signal)
    },
    async exec(request, signal) {
      called('exec', request)
      requireComponent(request.component)
      return createEchoSession(request, signal)
    },
    port(component, port) {
      called('port', { component, port })
      requireComponent(component)
      return { host: '127.0.0.1', port: port ?? 8080 }
    },
    counters: () => counterRows,
    replicas: () => [{ id: 'web--1.0' as ReplicaId, component: 'web' as ComponentKey, phase: 'ready' }],
    debug: () => ({ name, calls: calls.length }),
  }
}

async function* fakeLogs(lines: readonly LogRecord[], query: LogQuery, signal: AbortSignal): AsyncIterable<LogRecord> {
  const wanted = lines.filter((line) => query.components.length === 0 || query.components.includes(line.component))
  for (const line of query.tail === undefined ? wanted : wanted.slice(Math.max(0, wanted.length - query.tail))) yield line
  if (!query.follow) return
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

async function* fakeRequests(ended: readonly RequestItem[], { follow }: RequestQuery, signal: AbortSignal): AsyncIterable<RequestItem> {
  yield* ended
  if (follow) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

/** A command that answers each input chunk, exits with 3 when its input ends and with 137 when it is killed. */
function createEchoSession(request: ExecRequest, signal: AbortSignal): Awaited<ReturnType<EnvironmentControl['exec']>> {
  const queue: { readonly stream: 'out' | 'err'; readonly data: Uint8Array }[] = []
  let wake = (): void => {}
  let code: number | undefined
  let finish: (code: number) => void = () => {}
  const exitCode = new Promise<number>((resolve) => {
    finish = resolve
  })
  const say = (stream: 'out' | 'err', text: string): void => {
    queue.push({ stream, data: Buffer.from(text) })
    wake()
  }
  const end = (with_: number): void => {
    code ??= with_
    finish(code)
    wake()
  }
  signal.addEventListener('abort', () => end(137), { once: true })
  say('out', `$ ${request.command.join(' ')}\n`)

  async function* output(): AsyncIterable<{ readonly stream: 'out' | 'err'; readonly data: Uint8Array }> {
    for (;;) {
      const next = queue.shift()
      if (next !== undefined) yield next
      else if (code !== undefined) return
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  }
  return {
    output: output(),
    write: (data) => say('out', Buffer.from(data).toString('utf8')),
    endInput: () => end(3),
    resize: (columns, rows) => say('err', `${columns}x${rows}`),
    kill: (name) => (name === 'SIGKILL' ? end(137) : say('err', name)),
    exitCode,
  }
}

/** Resolves when the signal aborts. */
function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

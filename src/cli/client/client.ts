import { after } from '../../kernel/instant.ts'
import type { Accepted, ApplyAnswer, ImageRecord, LogRecord } from '../../wire/answers.ts'
import { API_ROUTES, type PortAnswer, type ShutdownAnswer } from '../../wire/api-routes.ts'
import type { Envelope, Gap } from '../../wire/events.ts'
import type { RequestItem } from '../../wire/request-stream.ts'
import type { ApplyRequest, ComponentCommand, DownRequest, ExecRequest, ImagesRequest, WorkflowCommand } from '../../wire/requests.ts'
import type { EnvironmentSummary, EnvironmentView, ExplainView, PlanView, VersionView } from '../../wire/views.ts'
import { DaemonGoneError } from '../refusal-error.ts'
import type { Channel } from './channel.ts'
import { type ClientFacets, facetsOf } from './client-facets.ts'
import { type Connection, type ConnectRequest, connect, nothingRuns } from './connect.ts'
import { type Call, callDaemon, itemOf, StatusRefusalError } from './http.ts'

export interface LogQuery {
  readonly components: readonly string[]
  readonly container?: string
  readonly follow: boolean
  readonly tail?: number
  /** Milliseconds since the epoch. */
  readonly since?: number
}

export interface RequestQuery {
  readonly components: readonly string[]
  readonly follow: boolean
  readonly failed: boolean
  readonly tail?: number
  /** Milliseconds since the epoch. */
  readonly since?: number
  /** Id of a request: those that ended after it. */
  readonly after?: string
}

/** What commands ask of the daemon, for one environment. The connection is made with the first question. */
export interface Client extends ClientFacets {
  readonly environment: string
  /** True once this client has started a daemon. */
  readonly startedDaemon: boolean
  version(): Promise<VersionView>
  environments(): Promise<readonly EnvironmentSummary[]>
  view(): Promise<EnvironmentView>
  apply(request: ApplyRequest): Promise<ApplyAnswer>
  plan(request: ApplyRequest): Promise<PlanView>
  down(request: DownRequest): Promise<Accepted>
  command(command: ComponentCommand): Promise<Accepted>
  workflow(command: WorkflowCommand): Promise<Accepted>
  explain(component: string): Promise<ExplainView>
  config(): Promise<unknown>
  port(component: string, port: number | undefined): Promise<PortAnswer>
  events(after: number, signal: AbortSignal): AsyncIterable<Envelope | Gap>
  logs(query: LogQuery, signal: AbortSignal): AsyncIterable<LogRecord>
  requests(query: RequestQuery, signal: AbortSignal): AsyncIterable<RequestItem>
  exec(request: ExecRequest): Promise<Channel>
  /** Pulls or builds; giving up the stream gives up the work. */
  images(request: ImagesRequest, signal: AbortSignal): AsyncIterable<ImageRecord>
  /** Ties applications to this client for as long as the channel is open. */
  session(id: string): Promise<Channel>
  /** Finds the daemon again after it went away, or starts one. */
  reconnect(): Promise<void>
  /** Ends the daemon unless somebody needs it; returns when its process is gone or it stays. */
  shutdownIfIdle(): Promise<void>
}

const SETTLE_LIMIT_MS = 3000
const SETTLE_LOOK_MS = 30

/** A client over HTTP and WebSocket. */
export class DaemonClient implements Client {
  readonly environment: string
  readonly replicas: ClientFacets['replicas']
  readonly measuring: ClientFacets['measuring']
  readonly scaling: ClientFacets['scaling']
  readonly #request: ConnectRequest
  #connection: Promise<Connection> | undefined
  #answered = false
  #started = false

  constructor(environment: string, request: ConnectRequest) {
    this.environment = environment
    this.#request = request
    const { replicas, measuring, scaling } = facetsOf(environment, {
      get: (path) => this.#get(path),
      post: (path, body) => this.#post(path, body),
      open: (path) => this.#open(path),
      ask: (question) => this.#ask((connection) => question(connection.discovery)),
    })
    this.replicas = replicas
    this.measuring = measuring
    this.scaling = scaling
  }

  get startedDaemon(): boolean {
    return this.#started
  }

  async version(): Promise<VersionView> {
    return (await this.#call({ method: 'GET', path: API_ROUTES.version })) as VersionView
  }

  async environments(): Promise<readonly EnvironmentSummary[]> {
    return (await this.#call({ method: 'GET', path: API_ROUTES.environments })) as readonly EnvironmentSummary[]
  }

  async view(): Promise<EnvironmentView> {
    return (await this.#get(API_ROUTES.environment(this.environment))) as EnvironmentView
  }

  async apply(request: ApplyRequest): Promise<ApplyAnswer> {
    return (await this.#post(API_ROUTES.apply(this.environment), request)) as ApplyAnswer
  }

  async plan(request: ApplyRequest): Promise<PlanView> {
    return (await this.#post(API_ROUTES.plan(this.environment), request)) as PlanView
  }

  async down(request: DownRequest): Promise<Accepted> {
    return (await this.#post(API_ROUTES.down(this.environment), request)) as Accepted
  }

  async command(command: ComponentCommand): Promise<Accepted> {
    return (await this.#post(API_ROUTES.command(this.environment), command)) as Accepted
  }

  async workflow(command: WorkflowCommand): Promise<Accepted> {
    return (await this.#post(API_ROUTES.workflow(this.environment), command)) as Accepted
  }

  async explain(component: string): Promise<ExplainView> {
    return (await this.#get(API_ROUTES.explain(this.environment, component))) as ExplainView
  }

  async config(): Promise<unknown> {
    return await this.#get(API_ROUTES.config(this.environment))
  }

  async port(component: string, port: number | undefined): Promise<PortAnswer> {
    const query = port === undefined ? '' : `?port=${port}`
    return (await this.#get(API_ROUTES.port(this.environment, component) + query)) as PortAnswer
  }

  async *events(position: number, signal: AbortSignal): AsyncIterable<Envelope | Gap> {
    const channel = await this.#open(`${API_ROUTES.events(this.environment)}?after=${position}`)
    for await (const message of channel.messages(signal)) yield itemOf<Envelope | Gap>(message)
  }

  async *logs(query: LogQuery, signal: AbortSignal): AsyncIterable<LogRecord> {
    const parameters = new URLSearchParams({ follow: String(query.follow) })
    for (const component of query.components) parameters.append('component', component)
    if (query.container !== undefined) parameters.set('container', query.container)
    if (query.tail !== undefined) parameters.set('tail', String(query.tail))
    if (query.since !== undefined) parameters.set('since', String(query.since))
    const channel = await this.#open(`${API_ROUTES.logs(this.environment)}?${parameters}`)
    for await (const message of channel.messages(signal)) yield itemOf<LogRecord>(message)
  }

  async *requests(query: RequestQuery, signal: AbortSignal): AsyncIterable<RequestItem> {
    const { components, tail, since, after: last } = query
    const parameters = new URLSearchParams({ follow: String(query.follow), failed: String(query.failed) })
    for (const component of components) parameters.append('component', component)
    if (tail !== undefined) parameters.set('tail', String(tail))
    if (since !== undefined) parameters.set('since', String(since))
    if (last !== undefined) parameters.set('after', last)
    const channel = await this.#open(`${API_ROUTES.requests(this.environment)}?${parameters}`)
    for await (const message of channel.messages(signal)) yield itemOf<RequestItem>(message)
  }

  async exec(request: ExecRequest): Promise<Channel> {
    const channel = await this.#open(API_ROUTES.exec(this.environment))
    channel.send(JSON.stringify(request))
    return channel
  }

  async *images(request: ImagesRequest, signal: AbortSignal): AsyncIterable<ImageRecord> {
    const channel = await this.#open(API_ROUTES.images(this.environment))
    channel.send(JSON.stringify(request))
    for await (const message of channel.messages(signal)) yield itemOf<ImageRecord>(message)
  }

  async session(id: string): Promise<Channel> {
    return await this.#open(API_ROUTES.session(id))
  }

  async reconnect(): Promise<void> {
    const last = await this.#connection?.catch(() => undefined)
    if (last !== undefined && (await this.#isThere())) return
    await this.#connect('any-version', last?.discovery.instance)
    await this.version()
  }

  async shutdownIfIdle(): Promise<void> {
    const { discovery } = await this.#connected()
    const { clock } = this.#request.io
    const end = after(clock.now(), SETTLE_LIMIT_MS)
    while (!(await this.#hasApplications())) {
      const answer = (await callDaemon(discovery, { method: 'POST', path: API_ROUTES.shutdownIfIdle })) as ShutdownAnswer
      if (answer.stopping) {
        const { waitForEnd } = await import('./end-daemon.ts')
        await waitForEnd(discovery, clock)
        return
      }
      // Our own streams and the edge may need a moment to go.
      if (clock.now() >= end) return
      await clock.sleep(SETTLE_LOOK_MS)
    }
  }

  async #hasApplications(): Promise<boolean> {
    return (await this.environments()).some((summary) => summary.applications.length > 0)
  }

  async #isThere(): Promise<boolean> {
    try {
      await this.version()
      return true
    } catch (error) {
      if (error instanceof DaemonGoneError) return false
      throw error
    }
  }

  async #get(path: string): Promise<unknown> {
    return await this.#call({ method: 'GET', path })
  }

  async #post(path: string, body: unknown): Promise<unknown> {
    return await this.#call({ method: 'POST', path, body })
  }

  async #call(call: Call): Promise<unknown> {
    return await this.#ask((connection) => callDaemon(connection.discovery, call))
  }

  async #open(path: string): Promise<Channel> {
    const { openChannel } = await import('./channel.ts')
    return await this.#ask((connection) => openChannel(connection.discovery, path))
  }

  /** A discovery file may outlive its daemon, so the first question may find nobody: then it counts as absent. */
  async #ask<T>(question: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await this.#connected()
    try {
      return await this.#answer(question(connection))
    } catch (error) {
      if (this.#answered || connection.started || !(error instanceof DaemonGoneError)) throw error
      return await this.#answer(question(await this.#connect(this.#request.policy, connection.discovery.instance)))
    }
  }

  async #answer<T>(answer: Promise<T>): Promise<T> {
    try {
      const value = await answer
      this.#answered = true
      return value
    } catch (error) {
      if (error instanceof StatusRefusalError) this.#answered = true
      throw error
    }
  }

  #connected(): Promise<Connection> {
    return this.#connection ?? this.#connect(this.#request.policy, undefined)
  }

  async #connect(policy: ConnectRequest['policy'], deadInstance: string | undefined): Promise<Connection> {
    this.#connection = connect({ ...this.#request, policy, ...(deadInstance === undefined ? {} : { deadInstance }) })
    const connection = await this.#connection
    if (connection.started) this.#started = true
    return connection
  }
}

/** The view, or undefined when the daemon knows no such environment. */
export async function viewIfPresent(client: Client): Promise<EnvironmentView | undefined> {
  try {
    return await client.view()
  } catch (error) {
    if (error instanceof StatusRefusalError && error.status === 404) return undefined
    throw error
  }
}

/** The view; refuses when nothing runs in the environment, naming those where something does. */
export async function requireView(client: Client): Promise<EnvironmentView> {
  const view = await viewIfPresent(client)
  if (view !== undefined && view.applications.length + view.strays.length > 0) return view
  const others = (await client.environments()).filter((summary) => summary.applications.length > 0).map((summary) => summary.environment)
  throw nothingRuns(client.environment, others)
}

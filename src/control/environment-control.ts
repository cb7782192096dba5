import type { Millis } from '../kernel/instant.ts'
import type { BackendCounters } from '../model/edge.ts'
import type { ByteStream, ExecSession } from '../model/engine.ts'
import type { ComponentKey, ReplicaId } from '../model/names.ts'
import type {
  Accepted,
  ApplyAnswer,
  ContainerProcesses,
  ForwardAnswer,
  ImageRecord,
  KillAnswer,
  LogRecord,
  ReplicaUsage,
} from '../wire/answers.ts'
import type { RequestItem } from '../wire/request-stream.ts'
import type { ApplyOrder, ComponentCommand, DownOrder, ExecRequest, ImagesOrder, KillOrder, WorkflowCommand } from '../wire/requests.ts'
import type { ClockView, ScaleView } from '../wire/scale-view.ts'
import type { EnvironmentSummary, EnvironmentView, ExplainView, PlanView } from '../wire/views.ts'
import type { Measuring } from './measuring-ports.ts'
import type { EventLog } from './ports.ts'

export interface LogQuery {
  /** Component names or keys; empty means all. */
  readonly components: readonly string[]
  readonly app?: string
  readonly container?: string
  readonly follow: boolean
  readonly tail?: number
  /** Milliseconds since the epoch. */
  readonly since?: number
}

export interface RequestQuery {
  /** Component names or keys; empty means all. */
  readonly components: readonly string[]
  readonly app?: string
  readonly follow: boolean
  readonly tail?: number
  /** Milliseconds since the epoch. */
  readonly since?: number
  readonly failed: boolean
  /** Id of a request. */
  readonly after?: string
}

/** A path inside a container of one replica. */
export interface ArchivePlace {
  /** Name or key. */
  readonly component: string
  readonly ordinal?: number
  /** The application container when absent. */
  readonly container?: string
  readonly path: string
}

export interface ForwardPlace {
  /** Name or key. */
  readonly component: string
  /** Only this replica; otherwise those that are ready take turns. */
  readonly ordinal?: number
  readonly port: number
}

/** What clients do with replicas by hand. Methods throw `RefusalError` for what cannot be done; engines add faults. */
export interface ReplicaAccess {
  /** Processes of each running container of the components (names or keys; empty means all). */
  processes(components: readonly string[], signal: AbortSignal): Promise<readonly ContainerProcesses[]>
  usage(components: readonly string[], signal: AbortSignal): Promise<readonly ReplicaUsage[]>
  /** Resolves when the signals are sent; what ends of it shows in views. */
  kill(order: KillOrder, signal: AbortSignal): Promise<KillAnswer>
  /** The file or directory as a tar archive, under its own name. */
  readArchive(from: ArchivePlace, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>
  /** Unpacks a tar archive into a directory that exists. */
  writeArchive(to: ArchivePlace, archive: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>
  /** Where the next connection to a port would go; opens nothing. */
  forwardTarget(to: ForwardPlace): ForwardAnswer
  connect(to: ForwardPlace, signal: AbortSignal): Promise<ByteStream>
}

/** What the API can ask of one environment. Methods throw `RefusalError` for what cannot be done. */
export interface EnvironmentControl extends Measuring {
  readonly name: string
  readonly events: EventLog
  readonly replicaAccess: ReplicaAccess
  view(): EnvironmentView
  summary(): EnvironmentSummary
  apply(order: ApplyOrder): Promise<ApplyAnswer>
  plan(order: ApplyOrder): Promise<PlanView>
  /** Accepted at once; `app.removed` events and an empty view tell when it is done. */
  down(order: DownOrder): Promise<Accepted>
  /** Pulls or builds images of a model without applying it; resolves when each was reported to its end. Aborting gives it up. */
  images(order: ImagesOrder, report: (record: ImageRecord) => void, signal: AbortSignal): Promise<void>
  command(command: ComponentCommand): Promise<Accepted>
  workflow(command: WorkflowCommand): Promise<Accepted>
  explain(component: string): ExplainView
  scale(component: string): ScaleView
  clock(): ClockView
  /** Lets the time of decisions pass; resolves when everything has settled. */
  advance(ms: Millis, signal: AbortSignal): Promise<ClockView>
  /** The resolved applications, secrets as marks. */
  config(): unknown
  logs(query: LogQuery, signal: AbortSignal): AsyncIterable<LogRecord>
  /** Requests that have ended, in that order: those that the edge remembers, then new ones when following. */
  requests(query: RequestQuery, signal: AbortSignal): AsyncIterable<RequestItem>
  exec(request: ExecRequest, signal: AbortSignal): Promise<ExecSession>
  /** Local port that leads to a component's port. */
  port(component: string, port: number | undefined): { readonly host: string; readonly port: number }
  counters(): readonly BackendCounters[]
  replicas(): readonly { readonly id: ReplicaId; readonly component: ComponentKey; readonly phase: string }[]
  /** Whole control state, secrets excluded, for bug reports. */
  debug(): unknown
}

/** All environments of this daemon. */
export interface Environments {
  readonly names: readonly string[]
  get(name: string): EnvironmentControl | undefined
  /** The environment of that name, made when it does not exist yet. */
  open(name: string): Promise<EnvironmentControl>
  summaries(): readonly EnvironmentSummary[]
  /** Adopts what runs and what the store remembers; finishes interrupted work. */
  start(): Promise<void>
  /** Applications tied to this session are ended. */
  endSession(session: string): Promise<void>
  /** Sessions that applications are tied to, so that a daemon that took over can wait for their clients. */
  sessions(): readonly string[]
  /** True while no environment has an application or a replica. */
  idle(): boolean
  onIdleChange(listener: (idle: boolean) => void): Disposable
  /** Stops loops and closes channels; replicas and edges stay. */
  stop(): Promise<void>
}

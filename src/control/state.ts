import type { Diagnostic } from '../kernel/diagnostic.ts'
import type { Instant, Millis } from '../kernel/instant.ts'
import type {
  AppModel,
  Component,
  ComponentKey,
  ComponentSource,
  Desired,
  EdgeTable,
  Endpoint,
  EngineTraits,
  Observed,
  Phase,
  Plan,
  ReplicaId,
  Revision,
  RevisionId,
  StandbyRole,
  WorkflowRun,
} from '../model/index.ts'
import type { CrashHistory } from '../plan/reconcile/crash-history.ts'
import type { ShownDiagnostic } from '../wire/events.ts'
import { EMPTY_BOOK, type ImageBook, type ImageChoice } from './image-book.ts'
import type { LastEnds } from './last-ends.ts'
import type { PlanInputs } from './plan-inputs.ts'
import type { ProbeBook } from './probe-book.ts'
import { type ClockSetting, SYSTEM_CLOCK } from './time/environment-clock.ts'
import type { Work } from './work.ts'

/** A component whose workflow step has come: what should run from now on. */
export interface AppliedComponent {
  readonly source: ComponentSource
  /** Values of the source's inputs at the time it was applied. */
  readonly inputs: Readonly<Record<string, unknown>>
  readonly component: Component
}

/** How an application was asked for, so that it can be loaded again. */
export interface ApplicationOrder {
  readonly files: readonly string[]
  /** Came from standard input: cannot be read again. */
  readonly fromStdin: boolean
  readonly directory: string
  readonly overlay?: string
  readonly envFiles: readonly string[]
  readonly components: readonly string[]
  readonly strict: boolean
  readonly watch: boolean
}

export interface ApplicationState {
  readonly model: AppModel
  readonly modelHash: string
  readonly order: ApplicationOrder
  readonly createdAt: Instant
  /** `<app>-vN`. */
  readonly revision: number
  readonly run: WorkflowRun
  readonly applied: ReadonlyMap<ComponentKey, AppliedComponent>
  readonly session?: string
  /** What was said about images with the last `up`, and its number. */
  readonly images: ImageChoice & { readonly up: number }
  /** Set once the application is being taken down. */
  readonly ending?: Ending
  readonly diagnostics: readonly ShownDiagnostic[]
}

export interface Ending {
  readonly volumes: boolean
  /** Images that were built for it go too: to be ordered, or ordered already. */
  readonly images?: 'wanted' | 'ordered'
  readonly graceMs?: Millis
}

export interface EdgeState {
  readonly attached: boolean
  readonly awaySince?: Instant
  readonly handle?: string
  /** Local port by listener id: what the edge reported, also used as preference next time. */
  readonly bound: Readonly<Record<string, number>>
  readonly problems: readonly { readonly listener: string; readonly message: string }[]
}

/** What the user decided by hand on top of the model. */
export interface Manual {
  readonly scale: ReadonlyMap<ComponentKey, { readonly replicas: number; readonly at: Instant }>
  readonly stopped: ReadonlySet<ComponentKey>
  readonly restartTokens: ReadonlyMap<ComponentKey, number>
  /** `autoscaling.keda.sh/...` annotations that were set by hand, in place of those of the model; null takes one away. */
  readonly pauses: ReadonlyMap<ComponentKey, Readonly<Record<string, string | null>>>
  /** Values of triggers that were set by hand, by `<component key>/<trigger name>`. */
  readonly metrics: ReadonlyMap<string, number>
}

/** What the scaler decided about a component last. */
export interface Scaled {
  readonly replicas: number
  /** Since when it is scaled: an initial cool-down counts from here. */
  readonly since: Instant
  /** Triggers that are active, by name. */
  readonly active: readonly string[]
  /** Triggers that could not be read at the last poll, and why; absent where there are none. */
  readonly failing?: readonly { readonly trigger: string; readonly error: string }[]
  /** When one was active last. */
  readonly lastActiveAt?: Instant
}

/** One environment: its applications, what exists, and the work under way. Only `advance` makes a new one. */
export interface ControlState {
  readonly environment: string
  /** Number of passes so far; tells whether an observation began before or after something was done. */
  readonly pass: number
  readonly engine: {
    readonly name: string
    readonly traits: EngineTraits
    readonly images: boolean
    readonly sandboxes: boolean
    readonly volumes: boolean
    readonly freezes?: boolean
  }
  /** Of decisions about scaling. */
  readonly clock: ClockSetting
  readonly apps: ReadonlyMap<string, ApplicationState>
  readonly manual: Manual
  /** Decisions of the scaler; a component that is not here has not been decided about. */
  readonly scaled: ReadonlyMap<ComponentKey, Scaled>
  /** Runs of components that are run again and again. */
  readonly executions: ReadonlyMap<ComponentKey, Executions>
  readonly images: ImageBook
  readonly desired: Desired
  /** Every revision that is wanted or still has a replica. */
  readonly revisions: ReadonlyMap<RevisionId, Revision>
  readonly observed: Observed | undefined
  /** Set while a state that was taken over waits for the answers of probes, at the longest until then. */
  readonly settleBy?: Instant
  readonly engineDownSince: Instant | undefined
  readonly endpoints: ReadonlyMap<ReplicaId, ReadonlyMap<number, Endpoint>>
  readonly probes: ProbeBook
  readonly work: Work
  readonly edge: EdgeState
  readonly plan: Plan
  /** What the plan was made from. */
  readonly planned: { readonly inputs: PlanInputs } | undefined
  /** Replicas that stand by, as the last plan said; undefined until it is seen what does. */
  readonly standbys: ReadonlyMap<ReplicaId, StandbyRole> | undefined
  readonly crashes: CrashHistory
  readonly lastEnds: LastEnds
  /** The address each service had last, by `serviceKey` of the routing: kept over restarts of daemon and engine. */
  readonly addresses: Readonly<Record<string, string>>
  /** Names that programs looked up in vain, oldest first; forgotten when they come to exist or who asked is gone. */
  readonly unknownNames: readonly UnknownName[]
  /** What could not be put into the table. */
  readonly unrouted: readonly Diagnostic[]
  /** The last table sent, without its version. */
  readonly table: Omit<EdgeTable, 'version'> | undefined
  /** Derived in each pass and kept to tell what changed. */
  readonly phases: ReadonlyMap<ReplicaId, Phase>
  readonly health: ReadonlyMap<ComponentKey, ComponentHealth>
  /** Secret values that a start needs and nobody has (after a restart with a model from standard input). */
  readonly missingSecrets: ReadonlySet<string>
}

/** One run of a component that is run again and again: a job of a ScaledJob. */
export interface Execution {
  readonly number: number
  /** What it runs: that of when it was created. */
  readonly revision: RevisionId
  /** Of the ScaledJob that created it. */
  readonly generation: string
  readonly finished?: 'Complete' | 'Failed'
  readonly finishedAt?: Instant
}

/** All executions of one component that are not forgotten. */
export interface Executions {
  /** Numbers are never given twice. */
  readonly next: number
  readonly list: readonly Execution[]
}

export interface UnknownName {
  /** Complete, in lower case. */
  readonly name: string
  /** The component that asked, or the address of who did where that is nobody's. */
  readonly client: ComponentKey | string
  /** The application whose status tells of it. */
  readonly app: string
  readonly diagnostic: Diagnostic
}

export interface ComponentHealth {
  readonly healthy: boolean
  readonly message: string
  readonly desired: number
  readonly ready: number
}

const EMPTY_PLAN: Plan = { steps: [], holds: [] }

function emptyDesired(environment: string): Desired {
  return { environment, revisions: [], services: [], routes: [], published: [], networks: [], volumes: [], images: [], pushes: [] }
}

export function initialState(environment: string, engine: ControlState['engine']): ControlState {
  return {
    environment,
    pass: 0,
    engine,
    clock: SYSTEM_CLOCK,
    apps: new Map(),
    manual: { scale: new Map(), stopped: new Set(), restartTokens: new Map(), pauses: new Map(), metrics: new Map() },
    scaled: new Map(),
    executions: new Map(),
    images: EMPTY_BOOK,
    desired: emptyDesired(environment),
    revisions: new Map(),
    observed: undefined,
    engineDownSince: undefined,
    endpoints: new Map(),
    probes: new Map(),
    work: { inFlight: new Map(), failures: new Map(), drained: new Set() },
    edge: { attached: false, bound: {}, problems: [] },
    plan: EMPTY_PLAN,
    planned: undefined,
    standbys: undefined,
    crashes: new Map(),
    lastEnds: new Map(),
    addresses: {},
    unknownNames: [],
    unrouted: [],
    table: undefined,
    phases: new Map(),
    health: new Map(),
    missingSecrets: new Set(),
  }
}

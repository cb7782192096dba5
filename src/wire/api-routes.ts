/**
 * Paths of the daemon's API. Every request carries `Authorization: Bearer <token>`; a WebSocket client that cannot set headers offers
 * the sub-protocols `minipaas.v1` and `minipaas.token.<token>` instead. Answers other than 2xx carry a `Refusal`.
 */
export const API_ROUTES = {
  /** GET: `VersionView`. */
  version: '/v1/version',
  /** GET: an array of `EnvironmentSummary`. */
  environments: '/v1/environments',
  /** POST, optional body `shutdownRequest`: `ShutdownAnswer`; replicas and edges stay. */
  shutdown: '/v1/shutdown',
  /** POST without body: `ShutdownAnswer`; stops only when there is no application and no other client. */
  shutdownIfIdle: '/v1/shutdown-if-idle',
  /** GET: Prometheus text. */
  metrics: '/metrics',
  /** GET: `EnvironmentView`. */
  environment: (environment: string) => `/v1/environments/${encodeURIComponent(environment)}`,
  /** POST `ApplyRequest`: `ApplyAnswer`. */
  apply: (environment: string) => `${API_ROUTES.environment(environment)}/apply`,
  /** POST `ApplyRequest`: `PlanView`. */
  plan: (environment: string) => `${API_ROUTES.environment(environment)}/plan`,
  /** POST `DownRequest`: `Accepted`. */
  down: (environment: string) => `${API_ROUTES.environment(environment)}/down`,
  /** POST `ComponentCommand`: `Accepted`. */
  command: (environment: string) => `${API_ROUTES.environment(environment)}/command`,
  /** POST `WorkflowCommand`: `Accepted`. */
  workflow: (environment: string) => `${API_ROUTES.environment(environment)}/workflow`,
  /** GET: `ExplainView`. */
  explain: (environment: string, component: string) => `${API_ROUTES.environment(environment)}/explain/${encodeURIComponent(component)}`,
  /** GET: `ClockView`. POST `AdvanceRequest`: `ClockView`, once the time has passed and everything has settled. */
  clock: (environment: string) => `${API_ROUTES.environment(environment)}/clock`,
  /** GET: `ScaleView`. */
  scale: (environment: string, component: string) => `${API_ROUTES.environment(environment)}/scale/${encodeURIComponent(component)}`,
  /** GET: resolved applications, secrets as marks. */
  config: (environment: string) => `${API_ROUTES.environment(environment)}/config`,
  /** GET, optional `?port=`: `PortAnswer`. */
  port: (environment: string, component: string) => `${API_ROUTES.environment(environment)}/port/${encodeURIComponent(component)}`,
  /** GET: whole control state for bug reports, secrets excluded. */
  debugState: (environment: string) => `${API_ROUTES.environment(environment)}/debug/state`,
  /** WebSocket, optional `?after=N`: text frames, each an `Envelope` or a `Gap`; after a gap the stream goes on behind `seq`. */
  events: (environment: string) => `${API_ROUTES.environment(environment)}/events`,
  /** WebSocket, query `logsQuery`: text frames, each a `LogRecord`; closed with 1000 at the end when not following. */
  logs: (environment: string) => `${API_ROUTES.environment(environment)}/logs`,
  /** WebSocket, query `requestsQuery`: text frames, each a `RequestItem`; closed with 1000 at the end when not following, or when the environment ends. */
  requests: (environment: string) => `${API_ROUTES.environment(environment)}/requests`,
  /** WebSocket: `ExecRequest` as first text frame, then as `EXEC_CHANNEL` and `ExecControl` say. */
  exec: (environment: string) => `${API_ROUTES.environment(environment)}/exec`,
  /** WebSocket: `ImagesRequest` as first text frame, then text frames, each an `ImageRecord`; closing it gives the work up. */
  images: (environment: string) => `${API_ROUTES.environment(environment)}/images`,
  /** WebSocket: `LoadRequest` as first text frame, then text frames, each a `LoadReport`; a second frame of the client ends the sending, closing gives all up. */
  load: (environment: string) => `${API_ROUTES.environment(environment)}/load`,
  /** WebSocket: `RecordRequest` as first text frame, then text frames: a `TraceHeader`, then each a `TraceLine`; a second frame of the client asks for the rest. */
  record: (environment: string) => `${API_ROUTES.environment(environment)}/record`,
  /** POST `KillRequest`: `KillAnswer`. */
  kill: (environment: string) => `${API_ROUTES.environment(environment)}/kill`,
  /** GET, query `replicasQuery`: an array of `ContainerProcesses`. */
  processes: (environment: string) => `${API_ROUTES.environment(environment)}/processes`,
  /** GET, query `replicasQuery`: an array of `ReplicaUsage`. */
  usage: (environment: string) => `${API_ROUTES.environment(environment)}/usage`,
  /**
   * Query `archiveQuery`. GET: a tar archive of the path; an answer that breaks off is not complete. PUT with a tar archive as body:
   * unpacks it into the directory, answers `{}`.
   */
  archive: (environment: string, component: string) => `${API_ROUTES.environment(environment)}/archive/${encodeURIComponent(component)}`,
  /** Query `forwardQuery`. GET: `ForwardAnswer`. WebSocket: one connection to the port; bytes in binary frames, `ForwardControl` in text frames. */
  forward: (environment: string, component: string) => `${API_ROUTES.environment(environment)}/forward/${encodeURIComponent(component)}`,
  /** WebSocket that a foreground client keeps open; closing with `SESSION_GOODBYE` ends the session without ending applications. */
  session: (session: string) => `/v1/sessions/${encodeURIComponent(session)}`,
} as const

export const API_PROTOCOL = 'minipaas.v1'
export const TOKEN_PROTOCOL = 'minipaas.token.'

/** Close code of a client that leaves a session on purpose. Any other end is a lost client: its applications are ended 10 s later. */
export const SESSION_GOODBYE = 1000

/** Close code of a stream that ended with an error; the last text frame is a `Refusal`. */
export const STREAM_FAILED = 1011

/** Close code of every socket when the daemon stops. */
export const DAEMON_STOPPING = 1001

/** Type of an archive's bytes. */
export const ARCHIVE_TYPE = 'application/x-tar'

export interface PortAnswer {
  readonly host: string
  readonly port: number
}

/** `stopping: false` says why the daemon stays. */
export interface ShutdownAnswer {
  readonly stopping: boolean
  readonly reason?: string
}

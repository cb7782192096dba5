import { type Instant, instant } from '../../src/kernel/instant.ts'
import type { RequestRecord } from '../../src/model/edge.ts'
import type { ComponentKey, ReplicaId, RevisionId } from '../../src/model/names.ts'
import type { LogRecord } from '../../src/wire/answers.ts'
import type { LoadReport } from '../../src/wire/load.ts'
import type { ScaleView } from '../../src/wire/scale-view.ts'
import type { ApplicationView, ComponentView, EnvironmentView, ReplicaView } from '../../src/wire/views.ts'

/** The moment at which views of tests play: 2026-11-25T10:00:00Z. */
export const VIEW_TIME: Instant = instant(1_795_600_800_000)

export function replicaView(component: string, changes: Partial<ReplicaView> = {}): ReplicaView {
  const ordinal = changes.ordinal ?? 0
  return {
    id: `${component}--1.${ordinal}` as ReplicaId,
    component: component as ComponentKey,
    revision: `${component}--1` as RevisionId,
    ordinal,
    phase: 'ready',
    since: instant(VIEW_TIME - 65_000),
    restarts: 0,
    containers: [],
    ...changes,
  }
}

/** A healthy web service with one replica. */
export function componentView(name: string, changes: Partial<ComponentView> = {}): ComponentView {
  return {
    key: name as ComponentKey,
    name,
    namespace: 'default',
    app: 'shop',
    type: 'webservice',
    cluster: 'local',
    kind: 'Deployment',
    simulated: true,
    applied: true,
    healthy: true,
    message: 'Ready:1/1',
    desired: 1,
    ready: 1,
    image: `example/${name}:1`,
    revision: `${name}--1` as RevisionId,
    replicas: [replicaView(name)],
    endpoints: [],
    traits: [],
    holds: [],
    notes: [],
    ...changes,
  }
}

/** A component that has nothing yet. */
export function pendingView(name: string, changes: Partial<ComponentView> = {}): ComponentView {
  return componentView(name, { healthy: false, message: 'Ready:0/1', ready: 0, replicas: [], ...changes })
}

export function applicationView(components: readonly ComponentView[], changes: Partial<ApplicationView> = {}): ApplicationView {
  const healthy = components.every((component) => component.healthy)
  return {
    name: 'shop',
    namespace: 'default',
    dialect: 'oam',
    phase: healthy ? 'running' : 'runningWorkflow',
    healthy,
    createdAt: instant(VIEW_TIME - 120_000),
    revision: 'shop-v1',
    files: ['/project/app.yaml'],
    workflow: {
      mode: 'DAG-DAG',
      status: healthy ? 'succeeded' : 'executing',
      generated: true,
      suspended: false,
      terminated: false,
      finished: healthy,
      steps: [],
    },
    policies: [],
    components,
    notes: [],
    diagnostics: [],
    ...changes,
  }
}

export function environmentView(applications: readonly ApplicationView[], changes: Partial<EnvironmentView> = {}): EnvironmentView {
  return {
    schemaVersion: 1,
    seq: 0,
    environment: 'shop',
    engine: { name: 'process', state: 'healthy', detail: '', attributes: {} },
    edge: { state: 'attached', url: 'http://127.0.0.1:8080' },
    applications,
    holds: [],
    strays: [],
    ...changes,
  }
}

export function logRecord(component: string, text: string, changes: Partial<LogRecord> = {}): LogRecord {
  return {
    at: VIEW_TIME,
    app: 'shop',
    component: component as ComponentKey,
    replica: `${component}--1.0` as ReplicaId,
    ordinal: 0,
    container: component,
    source: 'app',
    stream: 'out',
    text,
    ...changes,
  }
}

/** A good request to the first replica of a component. */
export function requestRecord(component: string, number: number, changes: Partial<RequestRecord> = {}): RequestRecord {
  return {
    id: `run.${number}`,
    at: VIEW_TIME,
    app: 'shop',
    component: component as ComponentKey,
    port: 8000,
    replica: `${component}--1.0` as ReplicaId,
    client: '127.0.0.1',
    protocol: 'http/1.1',
    method: 'GET',
    host: `${component}.shop.localhost`,
    path: '/',
    status: 200,
    waitedMs: 0,
    tookMs: 12,
    bytesIn: 0,
    bytesOut: 5,
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    ...changes,
  }
}

/** A component between 0 and 10 replicas that nothing was decided about. */
export function scaleViewOf(component: string): ScaleView {
  const at = VIEW_TIME
  return {
    schemaVersion: 1,
    component: component as ScaleView['component'],
    name: component,
    by: 'keda',
    now: at,
    min: 0,
    max: 10,
    replicas: 0,
    ready: 0,
    held: 0,
    inFlight: 0,
    annotations: [],
    triggers: [],
    conditions: [],
    next: { syncAt: at },
    decisions: [],
  }
}

/** A second of a load of 50 requests a second. */
export function loadReport(changes: Partial<LoadReport> = {}): LoadReport {
  return {
    schemaVersion: 1,
    type: 'progress',
    at: VIEW_TIME,
    url: 'http://127.0.0.1:4000/',
    component: { key: 'web' as ComponentKey, wanted: 3, ready: 2, held: 4 },
    elapsedMs: 1000,
    due: 50,
    sent: 50,
    answered: 48,
    inFlight: 2,
    waiting: 0,
    unsent: 0,
    failed: 0,
    statuses: { '2xx': 48 },
    errors: {},
    repeated: 0,
    latency: { p50: 1.25, p90: 9.5, p99: 40, p999: 55, max: 1250 },
    lateness: { p50: 0.4, p90: 0.9, p99: 1.1, p999: 1.3, max: 3 },
    limited: 0,
    firstAnswerMs: 11.5,
    bytesIn: 480,
    ...changes,
  }
}

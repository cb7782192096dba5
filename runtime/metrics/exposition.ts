import type { EnvironmentControl, Environments } from '../../src/control/ports.ts'
import type { Instant } from '../../src/kernel/instant.ts'
import { type BackendCounters, LATENCY_BUCKETS_MS } from '../../src/model/edge.ts'

/** What the daemon knows about itself. */
export interface DaemonFacts {
  readonly version: string
  readonly startedAt: Instant
  readonly residentBytes: number
}

interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
  readonly suffix?: string
}

interface Family {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly samples: readonly Sample[]
}

const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const

/** All metrics in the text format that Prometheus reads. Source: Prometheus, exposition formats, version 0.0.4. */
export function renderMetrics(environments: Environments, facts: DaemonFacts): string {
  const controls = environments.names.flatMap((name) => environments.get(name) ?? [])
  return [...daemonFamilies(facts), ...replicaFamilies(controls), ...requestFamilies(controls)].map(renderFamily).join('')
}

function daemonFamilies({ version, startedAt, residentBytes }: DaemonFacts): readonly Family[] {
  return [
    gauge('minipaas_daemon_info', 'Version of the daemon.', [{ labels: { version }, value: 1 }]),
    gauge('minipaas_daemon_start_time_seconds', 'Start of the daemon, in seconds since the epoch.', [
      { labels: {}, value: startedAt / 1000 },
    ]),
    gauge('minipaas_daemon_resident_memory_bytes', 'Memory of the daemon.', [{ labels: {}, value: residentBytes }]),
  ]
}

function replicaFamilies(controls: readonly EnvironmentControl[]): readonly Family[] {
  const counts = new Map<string, { readonly labels: Readonly<Record<string, string>>; value: number }>()
  for (const control of controls) {
    for (const { component, phase } of control.replicas()) {
      const key = `${control.name} ${component} ${phase}`
      const count = counts.get(key) ?? { labels: { environment: control.name, component, phase }, value: 0 }
      count.value++
      counts.set(key, count)
    }
  }
  const events = controls.map((control) => ({ labels: { environment: control.name }, value: control.events.seq }))
  return [
    gauge('minipaas_replicas', 'Replicas by phase.', [...counts.values()]),
    { name: 'minipaas_events_total', type: 'counter', help: 'Events of the environment.', samples: events },
  ]
}

function requestFamilies(controls: readonly EnvironmentControl[]): readonly Family[] {
  const rows = controls.flatMap((control) =>
    control.counters().map((counters) => ({ counters, labels: { environment: control.name, backend: counters.backend } })),
  )
  const each = (value: (counters: BackendCounters) => number): readonly Sample[] =>
    rows.map(({ counters, labels }) => ({ labels, value: value(counters) }))
  const counter = (name: string, help: string, samples: readonly Sample[]): Family => ({ name, type: 'counter', help, samples })
  return [
    gauge(
      'minipaas_requests_in_flight',
      'Requests that are being answered.',
      each((counters) => counters.inFlight),
    ),
    gauge(
      'minipaas_requests_held',
      'Requests that wait for a replica.',
      each((counters) => counters.held),
    ),
    gauge(
      'minipaas_connections',
      'Open connections.',
      each((counters) => counters.connections),
    ),
    counter(
      'minipaas_requests_total',
      'Requests since the edge started.',
      each((counters) => counters.requests),
    ),
    counter(
      'minipaas_received_bytes_total',
      'Bytes from clients.',
      each((counters) => counters.bytesIn),
    ),
    counter(
      'minipaas_sent_bytes_total',
      'Bytes to clients.',
      each((counters) => counters.bytesOut),
    ),
    counter(
      'minipaas_responses_total',
      'Responses by class of status.',
      rows.flatMap(({ counters, labels }) =>
        STATUS_CLASSES.map((status, index) => ({ labels: { ...labels, status }, value: counters.statusClasses[index] ?? 0 })),
      ),
    ),
    {
      name: 'minipaas_request_duration_seconds',
      type: 'histogram',
      help: 'Time from request to end of answer.',
      samples: rows.flatMap(({ counters, labels }) => buckets(counters.latency, labels)),
    },
  ]
}

/** Buckets of a Prometheus histogram hold all that is below their bound; ours hold what is between two. */
function buckets(latency: readonly number[], labels: Readonly<Record<string, string>>): readonly Sample[] {
  let total = 0
  const samples: Sample[] = [...LATENCY_BUCKETS_MS, Number.POSITIVE_INFINITY].map((bound, index) => {
    total += latency[index] ?? 0
    const le = bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound / 1000)
    return { labels: { ...labels, le }, value: total, suffix: '_bucket' }
  })
  samples.push({ labels, value: total, suffix: '_count' })
  return samples
}

function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: 'gauge', help, samples }
}

function renderFamily({ name, type, help, samples }: Family): string {
  if (samples.length === 0) return ''
  const lines = samples.map(({ labels, value, suffix }) => `${name}${suffix ?? ''}${renderLabels(labels)} ${value}\n`)
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

function renderLabels(labels: Readonly<Record<string, string>>): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`)
  return parts.length === 0 ? '' : `{${parts.join(',')}}`
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

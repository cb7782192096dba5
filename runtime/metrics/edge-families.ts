import type { EnvironmentControl } from '../../src/control/environment-control.ts'
import { type BackendCounters, LATENCY_BUCKETS_MS, type TrafficCounters } from '../../src/model/edge.ts'
import { counter, type Family, gauge, type Sample } from './families.ts'

const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const

type Labels = Readonly<Record<string, string>>

/** What somebody counts, and under which labels. */
interface Row<T extends TrafficCounters> {
  readonly labels: Labels
  readonly counters: T
}

type Gauges = TrafficCounters & { readonly inFlight: number; readonly open?: number }

/**
 * What the edges count: by port of a component, and by replica of it under names of their own. Series of a replica end with it while those of
 * its component go on, and hold what no replica has seen; one must not be added to the other.
 */
export function edgeFamilies(controls: readonly EnvironmentControl[]): readonly Family[] {
  const backends: readonly Row<BackendCounters>[] = controls.flatMap((control) =>
    control.counters().map((counters) => ({ counters, labels: labelsOf(counters, control.name) })),
  )
  const replicas = backends.flatMap(({ counters, labels }) =>
    (counters.replicas ?? []).map((own) => ({ counters: own, labels: { ...labels, replica: own.replica } })),
  )
  const held = backends.map(({ counters, labels }) => ({ labels, value: counters.held }))
  return [
    gauge('minipaas_edge_requests_held', 'Requests and connections that wait for a replica.', held),
    ...trafficFamilies('minipaas_edge', 'of a component', backends),
    ...trafficFamilies('minipaas_edge_replica', 'of a replica', replicas),
  ]
}

function labelsOf({ backend, app = '' }: BackendCounters, environment: string): Labels {
  const colon = backend.lastIndexOf(':')
  return { environment, app, component: backend.slice(0, colon), port: backend.slice(colon + 1) }
}

function trafficFamilies(prefix: string, whose: string, rows: readonly Row<Gauges>[]): readonly Family[] {
  const each = (value: (counters: Gauges) => number): readonly Sample[] =>
    rows.map(({ counters, labels }) => ({ labels, value: value(counters) }))
  return [
    gauge(
      `${prefix}_requests_in_flight`,
      `Requests and connections ${whose} that have not ended.`,
      each((counters) => counters.inFlight),
    ),
    gauge(
      `${prefix}_connections_open`,
      `WebSockets and other joined connections ${whose} that are open.`,
      each((counters) => counters.open ?? 0),
    ),
    counter(
      `${prefix}_connections_total`,
      `WebSockets and other joined connections ${whose} since the edge started.`,
      each((counters) => counters.connections),
    ),
    counter(
      `${prefix}_requests_total`,
      `Requests ${whose} since the edge started.`,
      each((counters) => counters.requests),
    ),
    counter(
      `${prefix}_responses_total`,
      `Answers ${whose} by class of status.`,
      rows.flatMap(({ counters, labels }) =>
        STATUS_CLASSES.map((status, index) => ({ labels: { ...labels, status }, value: counters.statusClasses[index] ?? 0 })),
      ),
    ),
    counter(
      `${prefix}_received_bytes_total`,
      `Bytes from clients ${whose}.`,
      each((counters) => counters.bytesIn),
    ),
    counter(
      `${prefix}_sent_bytes_total`,
      `Bytes to clients ${whose}.`,
      each((counters) => counters.bytesOut),
    ),
    {
      name: `${prefix}_request_duration_seconds`,
      type: 'histogram',
      help: `Time from a request ${whose} to the end of its answer, with its wait for a replica.`,
      samples: rows.flatMap(histogramOf),
    },
  ]
}

/** Buckets of a Prometheus histogram hold all that is below their bound; ours hold what is between two. */
function histogramOf({ counters, labels }: Row<TrafficCounters>): readonly Sample[] {
  let total = 0
  const buckets: readonly Sample[] = [...LATENCY_BUCKETS_MS, Number.POSITIVE_INFINITY].map((bound, index) => {
    total += counters.latency[index] ?? 0
    const le = bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound / 1000)
    return { labels: { ...labels, le }, value: total, suffix: '_bucket' }
  })
  const sum = (counters.latencySumMs ?? 0) / 1000
  return [...buckets, { labels, value: sum, suffix: '_sum' }, { labels, value: total, suffix: '_count' }]
}

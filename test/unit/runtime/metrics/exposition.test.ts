import { describe, expect, test } from '@jest/globals'
import { renderMetrics } from '../../../../runtime/metrics/exposition.ts'
import { sameValue } from '../../../../src/kernel/canonical-json.ts'
import { instant } from '../../../../src/kernel/instant.ts'
import { VirtualClock } from '../../../../src/kernel/virtual-clock.ts'
import { type BackendCounters, backendId } from '../../../../src/model/edge.ts'
import type { ComponentKey, ReplicaId } from '../../../../src/model/names.ts'
import { parseExposition } from '../../../kit/exposition-parser.ts'
import { createFakeEnvironments } from '../../../kit/fake-environments.ts'

const facts = { version: '1.0.0', startedAt: instant(1500), residentBytes: 4096 }

const counters: BackendCounters = {
  backend: backendId('web' as ComponentKey, 8000),
  inFlight: 1,
  held: 2,
  connections: 3,
  requests: 10,
  statusClasses: [0, 7, 1, 1, 1],
  bytesIn: 100,
  bytesOut: 200,
  latency: [4, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1],
  latencySumMs: 12_500,
  app: 'store',
  open: 2,
  replicas: [
    {
      replica: 'web--1.0' as ReplicaId,
      inFlight: 1,
      open: 2,
      connections: 3,
      requests: 9,
      statusClasses: [0, 7, 1, 1, 0],
      bytesIn: 100,
      bytesOut: 200,
      latency: [4, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0],
      latencySumMs: 2_500,
    },
  ],
}

describe('metrics', () => {
  test('of a daemon without environments are about itself', () => {
    expect(renderMetrics(createFakeEnvironments({ clock: new VirtualClock() }), facts)).toBe(
      [
        '# HELP minipaas_daemon_info Version of the daemon.',
        '# TYPE minipaas_daemon_info gauge',
        'minipaas_daemon_info{version="1.0.0"} 1',
        '# HELP minipaas_daemon_start_time_seconds Start of the daemon, in seconds since the epoch.',
        '# TYPE minipaas_daemon_start_time_seconds gauge',
        'minipaas_daemon_start_time_seconds 1.5',
        '# HELP minipaas_daemon_resident_memory_bytes Memory of the daemon.',
        '# TYPE minipaas_daemon_resident_memory_bytes gauge',
        'minipaas_daemon_resident_memory_bytes 4096',
        '',
      ].join('\n'),
    )
  })

  test('count replicas by phase, traffic by component and by replica, and cumulate the buckets of latency', () => {
    const environments = createFakeEnvironments({ clock: new VirtualClock() })
    environments.fake('shop').counterRows = [counters]
    const series = parseExposition(renderMetrics(environments, facts))
    const read = (name: string, labels: Readonly<Record<string, string>>): number | undefined =>
      series.find((candidate) => candidate.name === name && sameValue(candidate.labels, labels))?.value
    const of = { environment: 'shop', app: 'store', component: 'web', port: '8000' }
    const replica = { ...of, replica: 'web--1.0' }
    expect({
      replicas: read('minipaas_replicas', { environment: 'shop', component: 'web', phase: 'ready' }),
      held: read('minipaas_edge_requests_held', of),
      requests: read('minipaas_edge_requests_total', of),
      open: read('minipaas_edge_connections_open', of),
      good: read('minipaas_edge_responses_total', { ...of, status: '2xx' }),
      quick: read('minipaas_edge_request_duration_seconds_bucket', { ...of, le: '0.001' }),
      quicker: read('minipaas_edge_request_duration_seconds_bucket', { ...of, le: '0.002' }),
      most: read('minipaas_edge_request_duration_seconds_bucket', { ...of, le: '10' }),
      all: read('minipaas_edge_request_duration_seconds_bucket', { ...of, le: '+Inf' }),
      sum: read('minipaas_edge_request_duration_seconds_sum', of),
      count: read('minipaas_edge_request_duration_seconds_count', of),
      ofReplica: read('minipaas_edge_replica_requests_total', replica),
      inFlightOfReplica: read('minipaas_edge_replica_requests_in_flight', replica),
      countOfReplica: read('minipaas_edge_replica_request_duration_seconds_count', replica),
    }).toEqual({
      replicas: 1,
      held: 2,
      requests: 10,
      open: 2,
      good: 7,
      quick: 4,
      quicker: 7,
      most: 9,
      all: 10,
      sum: 12.5,
      count: 10,
      ofReplica: 9,
      inFlightOfReplica: 1,
      countOfReplica: 9,
    })
  })

  test('of an edge of an earlier version, which counts less, are complete in form', () => {
    const environments = createFakeEnvironments({ clock: new VirtualClock() })
    const { app: _app, open: _open, replicas: _replicas, latencySumMs: _sum, ...old } = counters
    environments.fake('shop').counterRows = [old]
    const series = parseExposition(renderMetrics(environments, facts))
    expect(series.find(({ name }) => name === 'minipaas_edge_requests_total')).toEqual({
      name: 'minipaas_edge_requests_total',
      labels: { environment: 'shop', app: '', component: 'web', port: '8000' },
      value: 10,
    })
  })

  test('escape what a label may hold', () => {
    const environments = createFakeEnvironments({ clock: new VirtualClock() })
    const text = renderMetrics(environments, { ...facts, version: 'a"b\\c\nd' })
    expect(parseExposition(text)[0]?.labels).toEqual({ version: 'a"b\\c\nd' })
    expect(text).toContain('{version="a\\"b\\\\c\\nd"} 1')
  })
})

import { describe, expect, test } from '@jest/globals'
import { renderMetrics } from '../../../../runtime/metrics/exposition.ts'
import { instant } from '../../../../src/kernel/instant.ts'
import { VirtualClock } from '../../../../src/kernel/virtual-clock.ts'
import { type BackendCounters, backendId } from '../../../../src/model/edge.ts'
import type { ComponentKey } from '../../../../src/model/names.ts'
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

  test('count replicas by phase, requests by backend, and cumulate the buckets of latency', () => {
    const environments = createFakeEnvironments({ clock: new VirtualClock() })
    environments.fake('shop').counterRows = [counters]
    const text = renderMetrics(environments, facts)
    const lines = text.split('\n')
    const of = 'environment="shop",backend="web:8000"'
    expect(lines).toEqual(
      expect.arrayContaining([
        'minipaas_replicas{environment="shop",component="web",phase="ready"} 1',
        `minipaas_requests_held{${of}} 2`,
        `minipaas_requests_total{${of}} 10`,
        `minipaas_responses_total{${of},status="2xx"} 7`,
        `minipaas_request_duration_seconds_bucket{${of},le="0.001"} 4`,
        `minipaas_request_duration_seconds_bucket{${of},le="0.002"} 7`,
        `minipaas_request_duration_seconds_bucket{${of},le="10"} 9`,
        `minipaas_request_duration_seconds_bucket{${of},le="+Inf"} 10`,
        `minipaas_request_duration_seconds_count{${of}} 10`,
      ]),
    )
    const families = lines.filter((line) => line.startsWith('# TYPE')).map((line) => line.split(' ')[2])
    expect(new Set(families).size).toBe(families.length)
  })

  test('escape what a label may hold', () => {
    const environments = createFakeEnvironments({ clock: new VirtualClock() })
    expect(renderMetrics(environments, { ...facts, version: 'a"b\\c\nd' })).toContain('{version="a\\"b\\\\c\\nd"} 1')
  })
})

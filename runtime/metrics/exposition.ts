import type { EnvironmentControl, Environments } from '../../src/control/environment-control.ts'
import type { Instant } from '../../src/kernel/instant.ts'
import { edgeFamilies } from './edge-families.ts'
import { counter, type Family, gauge, renderFamily } from './families.ts'

/** What the daemon knows about itself. */
export interface DaemonFacts {
  readonly version: string
  readonly startedAt: Instant
  readonly residentBytes: number
}

/** All metrics in the text format that Prometheus reads. Source: Prometheus, exposition formats, version 0.0.4. */
export function renderMetrics(environments: Environments, facts: DaemonFacts): string {
  const controls = environments.names.flatMap((name) => environments.get(name) ?? [])
  return [...daemonFamilies(facts), ...replicaFamilies(controls), ...edgeFamilies(controls)].map(renderFamily).join('')
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
    counter('minipaas_events_total', 'Events of the environment.', events),
  ]
}

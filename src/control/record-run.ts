import type { Clock } from '../kernel/clock.ts'
import type { Millis } from '../kernel/instant.ts'
import { appliedComponents, findComponent } from './find-component.ts'
import type { Machinery } from './machinery.ts'
import type { EnvironmentControl } from './ports.ts'

/** Beyond the rhythm of the counters. */
const MORE_MS: Millis = 500

/** Records until it is stopped, nobody listens any more, or the environment ends. */
export async function recordRun(
  machinery: Machinery,
  ...[order, report, signals]: Parameters<EnvironmentControl['record']>
): Promise<void> {
  const { scaling, shell, link } = machinery
  const state = shell.state
  const keys = order.components.map((name) => findComponent(name, state).component.key)
  const components = keys.length === 0 ? [...appliedComponents(state).keys()] : [...new Set(keys)]
  using recording = scaling.record(components, report)
  const query = { components, follow: true, failed: false, tail: 0 }
  // The counters say how many requests there are; how long each was worked on, only the requests themselves.
  for await (const item of link.requests.follow(query, state, AbortSignal.any([signals.stop, signals.gone])))
    if (!('note' in item)) recording.ended(item)
  if (!signals.stop.aborted || signals.gone.aborted) return
  // What came since the last counters belongs to it; an edge that is away is not waited for.
  const over = new AbortController()
  const limit = clock.sleep(2 * scaling.reportEveryMs + MORE_MS, AbortSignal.any([signals.gone, over.signal])).catch(() => undefined)
  await Promise.race([recording.nextCounters(), limit])
  over.abort()
}

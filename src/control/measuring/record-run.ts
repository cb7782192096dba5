import type { Clock } from '../../kernel/clock.ts'
import type { Millis } from '../../kernel/instant.ts'
import { appliedComponents, findComponent } from '../find-component.ts'
import type { Machinery } from '../machinery.ts'
import type { Measuring } from '../measuring-ports.ts'
import { RefusalError } from '../ports.ts'

/** Beyond the rhythm of the counters. */
const MORE_MS: Millis = 500

/** Records until it is stopped, nobody listens any more, or the environment ends. */
export async function recordRun(
  { scaling: { recordings }, shell, link }: Machinery,
  clock: Clock,
  ...[order, report, signals]: Parameters<Measuring['record']>
): Promise<void> {
  const state = shell.state
  const keys = order.components.map((name) => findComponent(name, state).component.key)
  const components = keys.length === 0 ? [...appliedComponents(state).keys()] : [...new Set(keys)]
  using recording = recordings.begin(components, report)
  const over = AbortSignal.any([signals.stop, signals.gone, recordings.ended])
  const follow = async (): Promise<void> => {
    const query = { components, follow: true, failed: false, tail: 0 }
    // The counters say how many requests there are; how long each was worked on, only the requests themselves.
    for await (const item of link.requests.follow(query, state, over)) if (!('note' in item)) recording.ended(item)
  }
  await Promise.all([follow().catch(unlessUntold), aborted(over)])
  if (!signals.stop.aborted || signals.gone.aborted || recordings.ended.aborted) return
  // What came since the last counters belongs to it; an edge that is away is not waited for.
  const enough = new AbortController()
  const limit = clock.sleep(2 * recordings.reportEveryMs + MORE_MS, AbortSignal.any([signals.gone, enough.signal])).catch(() => undefined)
  await Promise.race([recording.nextCounters(), limit])
  enough.abort()
}

/** An edge that tells of no requests has counters all the same: the recording is then without service times. */
function unlessUntold(error: unknown): void {
  if (!(error instanceof RefusalError) || error.error.code !== 'MP8016') throw error
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

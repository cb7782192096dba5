import { parseGoDuration } from '../../kernel/duration.ts'
import { defineTrigger } from '../define.ts'
import type { TriggerEntry } from '../definition.ts'
import { amount, type Complaint } from './checks.ts'
import type { Given } from './given.ts'
import { choice, decimalText, durationText, type MetadataKey, truth } from './metadata-key.ts'

/** Presets of the KEDA HTTP add-on: 100 a replica, rates over a minute in buckets of a second. */
const shared: Readonly<Record<string, MetadataKey>> = {
  target: decimalText({ preset: '100' }),
  activation: decimalText({ preset: '0' }),
  window: durationText({ preset: '1m' }),
  granularity: durationText({ preset: '1s' }),
  averaging: truth(),
}

/**
 * Ours, not KEDA's: what the edge counts. `concurrency` is requests in flight, held ones included; `requestRate` requests a second over the
 * window. `averaging: "true"` takes the mean of the concurrency over the window instead of its value now.
 */
const http = edgeTrigger('http', ['concurrency', 'requestRate'])

/** The same for connections of routes that carry no HTTP. */
const tcp = edgeTrigger('tcp', ['connections'])

export const edgeTriggers: readonly TriggerEntry[] = [http, tcp]

type Metric = 'concurrency' | 'requestRate' | 'connections'

function edgeTrigger(type: 'http' | 'tcp', metrics: readonly [Metric, ...Metric[]]): TriggerEntry {
  return defineTrigger({
    kind: 'trigger',
    type,
    simulation: { level: 'simulated' },
    metadata: { metric: choice(metrics, { preset: metrics[0] }), ...shared },
    relate: checkWindow,
    measure: (given) => {
      const metric = metrics.find((candidate) => candidate === given.text('metric')) ?? metrics[0]
      return {
        ...amount(given, 'target'),
        activation: given.number('activation') ?? 0,
        from: {
          by: 'edge',
          metric,
          windowMs: milliseconds(given, 'window'),
          average: given.flag('averaging'),
          ...(metric === 'requestRate' ? { granularityMs: milliseconds(given, 'granularity') } : {}),
        },
        metric: `${type}-${metric}`,
      }
    },
  })
}

function milliseconds(given: Given, key: string): number {
  const text = given.text(key) ?? ''
  return /^\d+$/.test(text) ? Number(text) : (parseGoDuration(text) ?? 0)
}

function checkWindow(given: Given): readonly Complaint[] {
  const [window, granularity] = [milliseconds(given, 'window'), milliseconds(given, 'granularity')]
  if (window <= 0) return [{ code: 'MP2105', message: '"window" must be longer than 0', at: 'window' }]
  if (granularity > 0 && granularity <= window) return []
  return [{ code: 'MP2105', message: '"granularity" must be longer than 0 and no longer than "window"', at: 'granularity' }]
}

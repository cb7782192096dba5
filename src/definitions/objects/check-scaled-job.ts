import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import { problem } from '../problem.ts'

interface Written {
  readonly minReplicaCount?: number
  readonly maxReplicaCount?: number
  readonly rolloutStrategy?: string
  readonly scalingStrategy: { readonly strategy: string; readonly customScalingRunningJobPercentage?: string }
  readonly triggers: readonly { readonly type: string; readonly metricType?: string; readonly useCachedMetrics: boolean }[]
}

/** What KEDA refuses in a ScaledJob, and what has no effect there. Source: KEDA, scaledjob_types.go and scaledjob_controller.go. */
export function checkScaledJob(written: Written, origin: Origin): readonly Diagnostic[] {
  return [...checkBounds(written, origin), ...checkStrategy(written, origin), ...checkTriggers(written, origin)]
}

function* checkBounds({ minReplicaCount, maxReplicaCount }: Written, origin: Origin): Generator<Diagnostic> {
  if (minReplicaCount === undefined || maxReplicaCount === undefined) return
  if (minReplicaCount > maxReplicaCount) {
    const message = `the minimum of ${minReplicaCount} jobs is above the maximum of ${maxReplicaCount}, which is used for both`
    yield problem({ code: 'MP2512', severity: 'warning', message, origin: within(origin, 'minReplicaCount') })
  } else if (minReplicaCount === maxReplicaCount && minReplicaCount > 0) {
    const message = `minimum and maximum are both ${maxReplicaCount}: the triggers cannot add jobs to those that always run`
    yield problem({ code: 'MP2512', severity: 'warning', message, origin: within(origin, 'maxReplicaCount') })
  }
}

function* checkStrategy({ rolloutStrategy, scalingStrategy }: Written, origin: Origin): Generator<Diagnostic> {
  if (rolloutStrategy !== undefined && rolloutStrategy !== '') {
    const message = 'rolloutStrategy is deprecated, and wins over rollout.strategy'
    const hint = 'write rollout.strategy'
    yield problem({ code: 'MP2530', severity: 'warning', message, origin: within(origin, 'rolloutStrategy'), hint, mark: 'key' })
  }
  const share = scalingStrategy.customScalingRunningJobPercentage
  if (scalingStrategy.strategy !== 'custom' || (share !== undefined && share.trim() !== '' && Number.isFinite(Number(share)))) return
  const found = share === undefined ? 'there is none' : `"${share}" is none`
  const message = `the strategy custom needs customScalingRunningJobPercentage as a number, and ${found}: the strategy default is used`
  yield problem({ code: 'MP2530', severity: 'warning', message, origin: within(origin, 'scalingStrategy', 'strategy') })
}

function* checkTriggers({ triggers }: Written, origin: Origin): Generator<Diagnostic> {
  const place = within(origin, 'triggers')
  if (triggers.length === 0)
    yield problem({ code: 'MP2519', severity: 'error', message: 'no triggers defined in the ScaledJob', origin: place })
  for (const [index, { type, metricType, useCachedMetrics }] of triggers.entries()) {
    const at = (key: string): Origin => within(place, index, key)
    if (metricType !== undefined) {
      const message = 'metricType is set in one of the ScaledJob scaler'
      yield problem({ code: 'MP2503', severity: 'error', message, origin: at('metricType'), hint: 'remove it: jobs compare averages' })
    }
    if (useCachedMetrics) {
      const message = 'useCachedMetrics has no effect on a ScaledJob: every poll reads its triggers'
      yield problem({ code: 'MP2530', severity: 'warning', message, origin: at('useCachedMetrics'), mark: 'key' })
    }
    if (type !== 'cpu' && type !== 'memory') continue
    const message = `a ${type} trigger has no effect on a ScaledJob`
    yield problem({ code: 'MP2530', severity: 'warning', message, origin: at('type') })
  }
}

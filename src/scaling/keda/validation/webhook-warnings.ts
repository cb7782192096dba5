import type { ScaledObjectSpec } from '../spec.ts'
import { problem, type ScalingProblem } from './scaling-problem.ts'
import type { TriggerSpec } from './trigger-spec.ts'

export interface WebhookWarningsInput {
  readonly spec: ScaledObjectSpec
  readonly triggers: readonly TriggerSpec[]
}

export interface WebhookWarningsResult {
  readonly warnings: readonly ScalingProblem[]
}

/**
 * Settings that are written and do nothing: KEDA only moves between 0 (or idle) and the minimum, so above that neither the polling interval
 * nor the cool-down matters.
 * Upstream: apis/keda/v1alpha1/scaledobject_webhook.go (verifyScaledObjects).
 */
export function webhookWarnings({ spec, triggers }: WebhookWarningsInput): WebhookWarningsResult {
  const { minReplicaCount = 0, idleReplicaCount, pollingIntervalSeconds, cooldownPeriodSeconds } = spec
  if (minReplicaCount <= 0 || idleReplicaCount !== undefined) return { warnings: [] }
  const cached = triggers.some(({ useCachedMetrics }) => useCachedMetrics === true)
  const warnings: ScalingProblem[] = []
  const never = `with minReplicaCount ${minReplicaCount} and no idleReplicaCount KEDA never sleeps`
  if (pollingIntervalSeconds !== undefined && !cached) {
    const message = `pollingInterval has no effect: ${never}, and the HPA asks for values every 15 s by itself`
    warnings.push(
      problem(
        'polling-interval-unused',
        'warning',
        'pollingInterval',
        message,
        'it matters with minReplicaCount 0, idleReplicaCount or useCachedMetrics',
      ),
    )
  }
  if (cooldownPeriodSeconds !== undefined) {
    const message = `cooldownPeriod has no effect: ${never}; how fast it shrinks is the HPA's stabilisation`
    warnings.push(
      problem('cooldown-period-unused', 'warning', 'cooldownPeriod', message, 'it matters with minReplicaCount 0 or idleReplicaCount'),
    )
  }
  return { warnings }
}

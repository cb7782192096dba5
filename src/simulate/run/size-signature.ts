import type { ScalePolicy, ScaleTrigger } from '../../model/scale-policy.ts'

/** The HPA's own tolerance. Source: kubernetes, --horizontal-pod-autoscaler-tolerance. */
const TOLERANCE = 0.1

export interface SizeView {
  readonly replicas: number
  readonly existing: number
  readonly ready: number
}

/**
 * A number for what a value means to the HPA: while it stays the same, and the replicas too, so does the size that the metric proposes. It decides nothing: it
 * only says when the HPA need not be asked again. NaN, which equals nothing, where that cannot be told.
 */
export function sizeSignature(policy: ScalePolicy, trigger: ScaleTrigger, value: number, view: SizeView): number {
  if (policy.modifiers !== undefined) return value
  const down = 1 - (policy.behavior?.scaleDown?.tolerance ?? TOLERANCE)
  const up = 1 + (policy.behavior?.scaleUp?.tolerance ?? TOLERANCE)
  const ratio = value / (trigger.metricType === 'AverageValue' ? trigger.target * view.existing : trigger.target)
  if (Math.abs(ratio - down) < 1e-9 || Math.abs(ratio - up) < 1e-9) return Number.NaN
  if (ratio >= down && ratio <= up) return view.replicas
  const size = Math.ceil(trigger.metricType === 'AverageValue' ? value / trigger.target : ratio * view.ready)
  // At a bound it does not matter how far beyond it the wish is.
  if (view.replicas >= policy.max && size > policy.max) return policy.max + 1
  const least = Math.max(1, policy.min)
  return view.replicas <= least && size <= least ? least : size
}

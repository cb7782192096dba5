import { figure, replicasText } from './figures.ts'
import type { FallbackBehavior, FallbackSpec, MetricType, ScalingModifiersSpec } from './spec.ts'

export interface FallbackValueInput {
  readonly fallback: FallbackSpec
  /** AverageValue when absent; with modifiers theirs, not the trigger's. */
  readonly metricType?: MetricType
  /** The metric's target in its own unit; with modifiers theirs. */
  readonly target: number
  /** What the target is asked to run now. */
  readonly currentReplicas: number
  /** Pods that are Running and Ready; needed for metricType Value only. */
  readonly readyReplicas: number
}

export type FallbackValueResult =
  | {
      readonly ok: true
      /** The size that the substitute leads to. */
      readonly replicas: number
      readonly quantityMilli: number
      readonly because: string
    }
  /** The HPA sees an error. */
  | { readonly ok: false; readonly error: string }

/**
 * The substitute for a metric that cannot be read: its target times the replicas of the behaviour, so that the HPA arrives at that many.
 * For metricType Value it is divided by the ready pods, because the HPA multiplies with them; with none there is no substitute.
 * Upstream: pkg/fallback/fallback.go (doFallback).
 */
export function fallbackValue(input: FallbackValueInput): FallbackValueResult {
  const { fallback, target, currentReplicas, readyReplicas } = input
  const behavior = fallback.behavior ?? 'static'
  if (behavior === 'scalingModifiers') {
    return {
      ok: false,
      error: 'with fallback behavior scalingModifiers a failing trigger is nil in the formula; it has no value of its own',
    }
  }
  const replicas = fallbackReplicas(behavior, fallback.replicas, currentReplicas)
  const because = `fallback ${behavior}: ${replicasText(replicas)} × target ${figure(target)}`
  if (input.metricType !== 'Value') return { ok: true, replicas, quantityMilli: fallbackMilli(target, replicas), because }
  if (readyReplicas === 0) return { ok: false, error: 'metricType Value needs a ready replica to fall back, and none is ready' }
  const quantityMilli = fallbackMilli(target, replicas / readyReplicas)
  return { ok: true, replicas, quantityMilli, because: `${because} ÷ ${readyReplicas} ready` }
}

/** Multiplied in upstream's order, so that the last bit is the same: int64(target × 1000 × replicas). */
function fallbackMilli(target: number, replicas: number): number {
  const milli = target * 1000 * replicas
  return Number.isFinite(milli) && milli > 0 ? Math.trunc(milli) : 0
}

function fallbackReplicas(behavior: FallbackBehavior, wanted: number, current: number): number {
  switch (behavior) {
    case 'currentReplicas':
      return current
    case 'currentReplicasIfHigher':
      return Math.max(current, wanted)
    case 'currentReplicasIfLower':
      return Math.min(current, wanted)
    default:
      return wanted
  }
}

/** Failures in a row of one metric; both pollers, KEDA's and the HPA's, add to it. */
export interface TriggerHealth {
  readonly numberOfFailures: number
  readonly status: 'Happy' | 'Failing'
}

export interface CountFailureInput {
  readonly health?: TriggerHealth
  /** Whether the metric could not be read this time. */
  readonly failed: boolean
  readonly fallback?: FallbackSpec
  readonly modifiers?: Pick<ScalingModifiersSpec, 'target'>
}

export interface CountFailureResult {
  /** To be handed in next time; without a usable fallback nothing is counted and it stays as it was. */
  readonly health?: TriggerHealth
  /** The substitute is to be served. */
  readonly inFallback: boolean
}

/**
 * Counts a reading: one success sets the count to 0; the substitute is served only above `failureThreshold`, not at it.
 * Upstream: pkg/fallback/fallback.go (GetMetricsWithFallback).
 */
export function countFailure({ health, failed, fallback, modifiers }: CountFailureInput): CountFailureResult {
  const usable = fallback !== undefined && fallbackIsUsable({ fallback, ...(modifiers === undefined ? {} : { modifiers }) }).usable
  if (!usable) return { ...(health === undefined ? {} : { health }), inFallback: false }
  if (!failed) return { health: { numberOfFailures: 0, status: 'Happy' }, inFallback: false }
  const numberOfFailures = (health?.numberOfFailures ?? 0) + 1
  return { health: { numberOfFailures, status: 'Failing' }, inFallback: numberOfFailures > fallback.failureThreshold }
}

export interface FallbackIsUsableInput {
  readonly fallback: FallbackSpec
  readonly modifiers?: Pick<ScalingModifiersSpec, 'target'>
}

/**
 * Whether the operator uses a fallback at all: no negative numbers and, with modifiers, a target that is a whole number above 0.
 * Upstream: pkg/fallback/fallback.go (HasValidFallback).
 */
export function fallbackIsUsable({ fallback, modifiers }: FallbackIsUsableInput): { readonly usable: boolean; readonly because?: string } {
  if (fallback.failureThreshold < 0) return { usable: false, because: 'fallback.failureThreshold is negative' }
  if (fallback.replicas < 0) return { usable: false, because: 'fallback.replicas is negative' }
  if (modifiers === undefined) return { usable: true }
  const target = String(modifiers.target ?? '')
  if (/^\+?\d+$/.test(target) && Number(target) > 0) return { usable: true }
  return { usable: false, because: `a fallback needs a whole number as scalingModifiers.target, and it is ${JSON.stringify(target)}` }
}

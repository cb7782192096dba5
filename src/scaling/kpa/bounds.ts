export interface KpaBoundsInput {
  /** The wish of `decideKpa`, 0 or more. */
  readonly desiredPods: number
  /** Default 0 each; a max-scale of 0 is no limit. */
  readonly minScale?: number
  readonly maxScale?: number
  /** Default 1. */
  readonly initialScale?: number
  /** Whether the initial scale has been reached once. */
  readonly initialScaleReached: boolean
  /** Default true. */
  readonly reachable?: boolean
}

export interface KpaBoundsResult {
  readonly desiredPods: number
}

/**
 * Bounds of a wish. Until the initial scale has been reached once, it stands for the minimum, unless no route leads here.
 *
 * Source: knative: pkg/reconciler/autoscaling/kpa/scaler.go, scale and applyBounds.
 */
export function kpaBounds(input: KpaBoundsInput): KpaBoundsResult {
  const { desiredPods, minScale = 0, maxScale = 0, initialScale = 1, initialScaleReached, reachable = true } = input
  const least = initialScale > 1 && !initialScaleReached && reachable ? Math.max(initialScale, minScale) : minScale
  if (desiredPods < least) return { desiredPods: least }
  return { desiredPods: maxScale !== 0 && desiredPods > maxScale ? maxScale : desiredPods }
}

import type { Millis } from '../../kernel/instant.ts'
import type { StepFailure } from '../../model/step.ts'

/** A container that ran this long starts over with its back-off. Source: Kubernetes, kubelet (twice MaxContainerBackOff). */
export const STEADY_AFTER_MS: Millis = 600_000

/** How long a failed step waits before its next attempt; undefined means for ever (until it is another step). */
export function stepBackOff(failure: StepFailure): Millis | undefined {
  switch (failure.fault.retry) {
    case 'never':
      return undefined
    case 'soon':
      return 1000
    case 'backoff':
      return doubling(1000, failure.count, 60_000)
  }
}

/** Wait after an exit before the restart that follows `restarts` earlier ones: 0, 10 s, 20 s ... 300 s. Source: Kubernetes, CrashLoopBackOff. */
export function crashBackOff(restarts: number): Millis {
  return restarts <= 0 ? 0 : doubling(10_000, restarts, 300_000)
}

/** Wait after the last failure of a job before its next replica: 10 s, 20 s ... 6 min. Source: Kubernetes, Job back-off failure policy. */
export function jobBackOff(failures: number): Millis {
  return failures <= 0 ? 0 : doubling(10_000, failures, 360_000)
}

/** The engine is asked again after this time while it is not healthy. */
export const ENGINE_RETRY_MS: Millis = 5000

function doubling(first: Millis, count: number, cap: Millis): Millis {
  return Math.min(cap, first * 2 ** Math.min(count - 1, 30))
}

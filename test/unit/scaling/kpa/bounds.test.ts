import { describe, expect, test } from '@jest/globals'
import { type KpaBoundsInput, kpaBounds } from '../../../../src/scaling/kpa/bounds.ts'
import { type KpaScaleToZeroInput, kpaScaleToZero } from '../../../../src/scaling/kpa/scale-to-zero.ts'

test.each<[string, Partial<KpaBoundsInput>, number]>([
  ['no bounds', { desiredPods: 7 }, 7],
  ['a minimum', { desiredPods: 1, minScale: 3 }, 3],
  ['a maximum', { desiredPods: 9, maxScale: 3 }, 3],
  ['no maximum is no limit', { desiredPods: 9, maxScale: 0 }, 9],
  ['the initial scale until it was reached', { desiredPods: 1, initialScale: 4, initialScaleReached: false }, 4],
  ['the larger of it and the minimum', { desiredPods: 1, minScale: 5, initialScale: 4, initialScaleReached: false }, 5],
  ['not once it was reached', { desiredPods: 1, initialScale: 4 }, 1],
  ['nor without a route', { desiredPods: 0, initialScale: 4, initialScaleReached: false, reachable: false }, 0],
  ['an initial scale of 1 holds nothing', { desiredPods: 0, initialScaleReached: false }, 0],
])('%s', (_, input, expected) => {
  expect(kpaBounds({ desiredPods: 0, initialScaleReached: true, ...input })).toEqual({ desiredPods: expected })
})

describe('to zero', () => {
  const nowMs = 10_000_000

  test.each<[string, Partial<KpaScaleToZeroInput>, number | undefined, boolean, number | undefined]>([
    ['something is wanted', { desiredPods: 2, phase: 'active' }, 2, false, undefined],
    ['it is switched off', { phase: 'inactive', enabled: false }, 1, false, undefined],
    ['active for less than a stable window', { phase: 'active', phaseSinceMs: nowMs - 59_999 }, 1, false, nowMs + 1],
    ['active for a stable window', { phase: 'active', phaseSinceMs: nowMs - 60_000 }, undefined, true, undefined],
    ['still being activated', { phase: 'activating', phaseSinceMs: nowMs - 630_000 }, undefined, false, nowMs],
    ['activation has failed', { phase: 'activating', phaseSinceMs: nowMs - 630_001 }, 0, false, undefined],
    ['the activator is not in the path', { phase: 'inactive', phaseSinceMs: nowMs - 90_000 }, undefined, false, undefined],
    [
      'inactive for the grace period',
      { phase: 'inactive', phaseSinceMs: nowMs - 30_000, activatorSinceMs: nowMs - 1 },
      0,
      false,
      undefined,
    ],
    [
      'the activator has been there longer',
      { phase: 'inactive', phaseSinceMs: nowMs - 1000, activatorSinceMs: nowMs - 30_000 },
      0,
      false,
      undefined,
    ],
    ['neither yet', { phase: 'inactive', phaseSinceMs: nowMs - 1000, activatorSinceMs: nowMs - 900 }, undefined, false, nowMs + 29_100],
    [
      'the pod is retained longer than the grace period',
      { phase: 'inactive', phaseSinceMs: nowMs - 40_000, activatorSinceMs: nowMs - 40_000, podRetentionMs: 45_000 },
      undefined,
      false,
      nowMs + 5000,
    ],
    [
      'a short retention has passed, the grace period decides',
      { phase: 'inactive', phaseSinceMs: nowMs - 20_000, activatorSinceMs: nowMs - 10_000, podRetentionMs: 10_000 },
      undefined,
      false,
      nowMs + 20_000,
    ],
  ])('%s', (_, input, pods, markInactive, wakeAtMs) => {
    const result = kpaScaleToZero({ nowMs, desiredPods: 0, phase: 'active', phaseSinceMs: nowMs, ...input })
    expect({ pods: result.pods, markInactive: result.markInactive, wakeAtMs: result.wakeAtMs }).toEqual({ pods, markInactive, wakeAtMs })
  })
})

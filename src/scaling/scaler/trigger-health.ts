import type { TriggerReading } from '../../model/meter.ts'
import type { ScalePolicy } from '../../model/scale-policy.ts'
import { countFailure } from '../keda/fallback.ts'

export interface CountedFailures {
  /** Failures in a row by trigger name; those that never failed are left out. */
  readonly failures: Readonly<Record<string, number>>
  /** Names of triggers in whose place the fallback is served. */
  readonly inFallback: ReadonlySet<string>
}

const NONE: ReadonlySet<string> = new Set()

/** Counts the failures of one round of readings: polls and syncs add to the same counts, as both ask the scaler upstream. */
export function countFailures(
  { fallback, modifiers }: ScalePolicy,
  readings: readonly TriggerReading[],
  before: Readonly<Record<string, number>>,
): CountedFailures {
  if (fallback === undefined) return { failures: before, inFallback: NONE }
  const failures: Record<string, number> = {}
  const inFallback = new Set<string>()
  for (const { trigger, error } of readings) {
    const numberOfFailures = before[trigger]
    const counted = countFailure({
      failed: error !== undefined,
      fallback,
      ...(numberOfFailures === undefined ? {} : { health: { numberOfFailures, status: numberOfFailures === 0 ? 'Happy' : 'Failing' } }),
      ...(modifiers === undefined ? {} : { modifiers: { target: modifiers.target } }),
    })
    if (counted.health !== undefined) failures[trigger] = counted.health.numberOfFailures
    if (counted.inFallback) inFallback.add(trigger)
  }
  return { failures, inFallback }
}

import type { ObservedReplica } from '../../model/observed.ts'
import type { PlanContext } from './plan-context.ts'
import { stepKey } from './step-keys.ts'

/** It was called and could not be thawed: another one takes its place. */
export function isStuck({ id, frozen }: ObservedReplica, { standbys, failures, inFlight }: PlanContext): boolean {
  if (!frozen || standbys?.get(id) !== 'called') return false
  const key = stepKey({ do: 'thawReplica', replica: id })
  return failures.has(key) && !inFlight.has(key)
}

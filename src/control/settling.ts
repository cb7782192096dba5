import { after, type Instant, type Millis } from '../kernel/instant.ts'
import { judge } from './readiness.ts'
import type { ControlState } from './state.ts'

/** Probes that have not answered by then no longer keep a take-over waiting. */
const SETTLE_MS: Millis = 5000

/** A state that was taken over: nothing is planned or routed by it before it is known again which replicas are ready. */
export function beginSettling(state: ControlState, now: Instant): ControlState {
  return { ...state, settleBy: after(now, SETTLE_MS) }
}

/**
 * Ends the settling once every replica's startup and readiness probes have answered. Without it all replicas would count as
 * not ready at first: an interrupted update would remove its old ones at once, and the edge would stop serving.
 */
export function settle(state: ControlState, now: Instant): ControlState {
  const { settleBy, ...rest } = state
  if (settleBy === undefined) return state
  if (now < settleBy && (state.observed === undefined || !haveAnswered(state))) return state
  return rest
}

function haveAnswered(state: ControlState): boolean {
  return [...judge(state).of].every(([replica, { active }]) =>
    active.every(
      ({ container, kind, epoch }) => kind === 'live' || state.probes.get(replica)?.get(`${container}/${kind}`)?.epoch === epoch,
    ),
  )
}

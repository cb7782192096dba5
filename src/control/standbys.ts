import type { Observed } from '../model/observed.ts'
import type { Action, Plan } from '../model/step.ts'
import { standbysFound } from '../plan/reconcile/standby-roles.ts'
import { forgetReadiness, type ProbeBook } from './probe-book.ts'
import type { ControlState } from './state.ts'

const NONE: NonNullable<ControlState['standbys']> = new Map()

/** The state with who stands by; a daemon that knows of none yet goes by what it sees. */
export function knowStandbys(state: ControlState, observed: Observed): ControlState {
  return withStandbys(state, state.standbys ?? standbysFound(state.desired.revisions, observed))
}

/** The state with who stands by from now on. */
export function keepStandbys(state: ControlState, { standbys = NONE }: Plan): ControlState {
  return withStandbys(state, standbys)
}

function withStandbys(state: ControlState, standbys: NonNullable<ControlState['standbys']>): ControlState {
  const { standbys: known } = state
  if (known?.size === standbys.size && [...standbys].every(([id, role]) => known.get(id) === role)) return state
  return { ...state, standbys }
}

/** What a replica said before it was frozen is no answer: once it is thawed, it is asked anew. */
export function askAnew(probes: ProbeBook, action: Action): ProbeBook {
  return action.do === 'thawReplica' ? forgetReadiness(probes, action.replica) : probes
}

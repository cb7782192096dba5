import { sameValue } from '../kernel/canonical-json.ts'
import type { Instant } from '../kernel/instant.ts'
import { type ReplicaId, revisionOf } from '../model/names.ts'
import type { StepKey } from '../model/step.ts'
import { noteSeen } from './image-book.ts'
import type { Input } from './input.ts'
import { foldLastEnds } from './last-ends.ts'
import { prune, recordProbe } from './probe-book.ts'
import type { ControlState } from './state.ts'
import type { InFlight } from './work.ts'

/** Enters what was seen; the same again changes nothing, so that nothing is decided anew. */
export function foldObserved(state: ControlState, input: Extract<Input, { type: 'observed' }>, now: Instant): ControlState {
  const { observed } = input
  const down = observed.engine.state !== 'healthy'
  const engineDownSince = down ? (state.engineDownSince ?? now) : undefined
  const withEngine = engineDownSince === state.engineDownSince ? state : omitEngineDown(state, engineDownSince)
  if (down) return { ...withEngine, observed: { ...(state.observed ?? observed), engine: observed.engine, at: observed.at } }
  const inFlight = new Map<StepKey, InFlight>(
    [...state.work.inFlight].filter(([, item]) => item.donePass === undefined || item.donePass > input.began),
  )
  const seen = [...state.work.inFlight].flatMap(([key, { step }]) => (inFlight.has(key) ? [] : [step]))
  const exists = new Set<ReplicaId>(observed.replicas.map((replica) => replica.id))
  const drained = new Set([...state.work.drained].filter((id) => exists.has(id)))
  const work = {
    ...state.work,
    inFlight: inFlight.size === state.work.inFlight.size ? state.work.inFlight : inFlight,
    drained: drained.size === state.work.drained.size ? state.work.drained : drained,
  }
  const same = state.observed !== undefined && sameValue({ ...observed, at: 0 }, { ...state.observed, at: 0 })
  return {
    ...withEngine,
    work,
    images: noteSeen(state.images, seen, input.began),
    observed: same && state.observed !== undefined ? state.observed : observed,
    endpoints: sameEndpoints(state.endpoints, input.endpoints) ? state.endpoints : input.endpoints,
    probes: prune(state.probes, observed.replicas),
    lastEnds: foldLastEnds(state.lastEnds, observed.replicas),
  }
}

function omitEngineDown(state: ControlState, engineDownSince: Instant | undefined): ControlState {
  return { ...state, engineDownSince }
}

function sameEndpoints(left: ControlState['endpoints'], right: ControlState['endpoints']): boolean {
  if (left.size !== right.size) return false
  for (const [id, ports] of right) {
    const before = left.get(id)
    if (before === undefined || before.size !== ports.size) return false
    for (const [port, endpoint] of ports) {
      const known = before.get(port)
      if (known?.host !== endpoint.host || known.port !== endpoint.port) return false
    }
  }
  return true
}

/** An edge that is taken over repeats its results at once, perhaps before the replicas were seen, and not again. */
export function foldProbe(state: ControlState, input: Extract<Input, { type: 'probe' }>): ControlState {
  const { observed, revisions } = state
  if (observed?.replicas.every((replica) => replica.id !== input.replica) === true) return state
  const spec = revisions.get(revisionOf(input.replica))?.spec
  const container = spec?.pod.containers.find((candidate) => candidate.name === input.container)
  const probe = container?.probes[input.kind]
  if (probe === undefined) return state
  const probes = recordProbe(state.probes, input, probe)
  return probes === state.probes ? state : { ...state, probes }
}

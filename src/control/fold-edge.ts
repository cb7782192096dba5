import { sameValue } from '../kernel/canonical-json.ts'
import { unreachable } from '../kernel/fault.ts'
import type { Instant } from '../kernel/instant.ts'
import type { Folded } from './apply-models.ts'
import type { Effect, Input } from './input.ts'
import type { ControlState } from './state.ts'
import { judgeUnknownName } from './unknown-names.ts'

type EdgeInput = Extract<Input, { type: 'edge-attached' | 'edge-acknowledged' | 'edge-away' | 'unknown-name' }>

/** Enters what the edge said, or that it is here or away. */
export function foldEdge(state: ControlState, input: EdgeInput, now: Instant): Folded {
  switch (input.type) {
    case 'edge-attached':
      return attached(state, input)
    case 'edge-acknowledged':
      return {
        state: { ...state, edge: { ...state.edge, bound: input.bound, problems: input.problems } },
        effects: portNotices(state, input),
      }
    case 'edge-away':
      if (!state.edge.attached) return { state, effects: [] }
      return {
        state: { ...state, edge: { ...state.edge, attached: false, awaySince: now } },
        effects: [{ type: 'emit', body: { type: 'edge.changed', state: 'away', detail: input.detail } }],
      }
    case 'unknown-name':
      return unknownName(state, input)
    default:
      return unreachable(input)
  }
}

function attached(state: ControlState, { bound, handle }: Extract<EdgeInput, { type: 'edge-attached' }>): Folded {
  const edge = { attached: true, bound: { ...state.edge.bound, ...bound }, problems: [], ...(handle === undefined ? {} : { handle }) }
  return { state: { ...state, edge }, effects: [{ type: 'emit', body: { type: 'edge.changed', state: 'attached', detail: handle ?? '' } }] }
}

function portNotices(state: ControlState, input: Extract<EdgeInput, { type: 'edge-acknowledged' }>): readonly Effect[] {
  if (sameValue(state.edge.problems, input.problems)) return []
  return input.problems.map((problem) => ({
    type: 'emit',
    body: { type: 'notice', level: 'warning', text: `${problem.listener}: ${problem.message}` },
  }))
}

function unknownName(state: ControlState, input: Extract<EdgeInput, { type: 'unknown-name' }>): Folded {
  const found = judgeUnknownName(input, state)
  if (found === undefined) return { state, effects: [] }
  const { name, client, diagnostic } = found
  return {
    state: { ...state, unknownNames: [...state.unknownNames, found] },
    effects: [{ type: 'emit', body: { type: 'name.unknown', name, client, diagnostic } }],
  }
}

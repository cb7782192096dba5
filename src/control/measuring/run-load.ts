import type { Clock } from '../../kernel/clock.ts'
import type { BackendCounters } from '../../model/edge.ts'
import type { ComponentKey } from '../../model/names.ts'
import { LOAD_LIMITS, type LoadFigures, type LoadOrder, type LoadReport } from '../../wire/load.ts'
import { appliedComponents } from '../find-component.ts'
import type { LoadGenerator, Measuring } from '../measuring-ports.ts'
import { RefusalError } from '../ports.ts'
import { judge } from '../readiness.ts'
import { specReplicas } from '../scaling/scaled.ts'
import type { ControlState } from '../state.ts'
import { loadTarget } from './load-target.ts'

export interface LoadPorts {
  readonly clock: Clock
  readonly generator: LoadGenerator | undefined
  readonly state: () => ControlState
  readonly counters: () => readonly BackendCounters[]
}

/** Sends a load and tells each second what became of it, beside what the component has meanwhile; the summary is last. */
export async function runLoad(ports: LoadPorts, ...[order, report, signals]: Parameters<Measuring['load']>): Promise<void> {
  const { clock, generator, state, counters } = ports
  if (generator === undefined)
    throw new RefusalError(503, { code: 'MP8031', message: 'the components of this engine have no address that a load could go to' })
  refuseTooMuch(order)
  const { url, destination, component } = loadTarget(order, state())
  const tell = (type: LoadReport['type'], figures: LoadFigures): void =>
    report({
      ...{ schemaVersion: 1, type, at: clock.now(), url },
      ...(component === undefined ? {} : { component: sight(component, state(), counters()) }),
      ...figures,
    })
  const last = await generator.run({ order, destination }, (figures) => tell('progress', figures), signals)
  tell('summary', last)
}

function sight(key: ComponentKey, state: ControlState, counters: readonly BackendCounters[]): NonNullable<LoadReport['component']> {
  const component = appliedComponents(state).get(key)?.component
  const { ready } = judge(state)
  const own = counters.filter(({ backend }) => backend.slice(0, backend.lastIndexOf(':')) === key)
  return {
    key,
    wanted: component === undefined ? 0 : specReplicas(component, state),
    ready: (state.observed?.replicas ?? []).filter((replica) => replica.component === key && ready.has(replica.id)).length,
    held: own.reduce((sum, { held }) => sum + held, 0),
  }
}

/** Single values are checked with the form of the request; this is about all of it together. */
function refuseTooMuch({ streams }: LoadOrder): void {
  const { requests, perSecond } = LOAD_LIMITS
  const pieces = streams.flatMap((stream) => stream.pieces)
  const disordered = streams.some((stream) =>
    stream.pieces.some((piece, index) => piece.startSeconds < (stream.pieces[index - 1]?.endSeconds ?? 0)),
  )
  if (disordered || pieces.some(({ startSeconds, endSeconds }) => endSeconds < startSeconds))
    throw tooMuch('the pieces of a load must come in order of time', 'give each the end of the one before as its start')
  const total = pieces.reduce((sum, { startSeconds, endSeconds, from, to }) => sum + (endSeconds - startSeconds) * ((from + to) / 2), 0)
  if (total > requests)
    throw tooMuch(`the load would be ${Math.round(total)} requests; at most ${requests} are sent`, 'lower its rate, or end it earlier')
  const highest = streams.reduce((sum, stream) => sum + Math.max(...stream.pieces.map(({ from, to }) => Math.max(from, to))), 0)
  if (highest > perSecond)
    throw tooMuch(`the load would be ${Math.round(highest)} requests a second; at most ${perSecond} are sent`, 'lower its rate')
}

function tooMuch(message: string, next: string): RefusalError {
  return new RefusalError(400, { code: 'MP8032', message, next })
}

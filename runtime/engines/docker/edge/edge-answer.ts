import { after, type Millis } from '../../../../src/kernel/instant.ts'
import { withTimeLimit } from '../../../../src/kernel/time-limit.ts'
import type { DockerContext } from '../context.ts'
import { findEdges } from './edge-container.ts'
import { type Opening, openEdge, removeEdges } from './edge-opening.ts'
import type { OpenEdge } from './edge-start.ts'
import { edgeFaults } from './faults.ts'

/** An edge answers within this time, its start included. */
const ATTACH_LIMIT: Millis = 15_000
/** One that runs and has not answered after this time never will. */
const MUTE_LIMIT: Millis = 8_000
const GREET_EVERY: Millis = 500
/** Pause between looks at a container that the engine is starting again. It does so after 0.1 s, and later each time it ends soon. */
const LOOK_EVERY: Millis = 20
/** After this time a new container is quicker. */
const RESTART_LIMIT: Millis = 3_000

/**
 * The environment's edge with its streams open, after it has answered the greeting. One that the engine restarts is waited for, one that ends
 * or says nothing is replaced. Throws the fault MP4121 with its last words when a new one does not answer either.
 */
export async function openAnswering(context: DockerContext, opening: Opening, signal: AbortSignal): Promise<OpenEdge> {
  const { clock } = context
  const { owner } = opening
  const limit = after(clock.now(), ATTACH_LIMIT)
  let patience = after(clock.now(), RESTART_LIMIT)
  let why = 'the engine does not start it again'
  while (clock.now() < limit) {
    signal.throwIfAborted()
    const edge = await openEdge(context, opening, signal)
    if (edge === undefined) {
      await clock.sleep(LOOK_EVERY, signal)
      if (clock.now() < patience) continue
      patience = limit
      await removeEdges(context, await findEdges(context, owner, signal), signal)
      continue
    }
    const silence = await greet(context, edge, signal).catch((error: unknown) => {
      edge.streams.destroy()
      throw error
    })
    if (silence === undefined) return edge
    edge.streams.destroy()
    why = silence.why
    // One that ends as soon as we start it would do so for ever, and say why to nobody.
    if (edge.origin !== 'found' || silence.isMute) await removeEdges(context, [edge], signal)
    if (edge.origin === 'made') break
  }
  throw edgeFaults.edgeAway(owner.environment, why)
}

/** Why the edge did not answer; undefined when it did. */
async function greet(
  { clock }: DockerContext,
  { streams }: OpenEdge,
  signal: AbortSignal,
): Promise<{ readonly why: string; readonly isMute: boolean } | undefined> {
  let isMute = false
  const answered = await withTimeLimit(clock, MUTE_LIMIT, (limit) => {
    const either = AbortSignal.any([signal, limit])
    return streams
      .greet(() => clock.sleep(GREET_EVERY, either))
      .catch((error: unknown) => {
        isMute = limit.aborted && !signal.aborted
        if (!isMute) throw error
        return false
      })
  })
  if (answered) return undefined
  const last = await streams.lastWords()
  const what = isMute ? `it said nothing for ${MUTE_LIMIT / 1000} s` : 'it ended before it said hello'
  return { why: last === '' ? what : `${what}; its last words: ${last}`, isMute }
}

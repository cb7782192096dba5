import type { Owner } from '../../../../src/model/engine.ts'
import { DEFAULT_WEB_PORT, WEB_LISTENER } from '../../../../src/routing/table-input.ts'
import { removeContainer } from '../containers.ts'
import type { DockerContext } from '../context.ts'
import { engineWords, hasStatus } from '../faults.ts'
import type { EnvironmentNetwork } from '../network.ts'
import { names } from '../place.ts'
import { type EdgeContainer, edgeFingerprint, findEdges } from './edge-container.ts'
import { openControl, preferredControl } from './edge-control.ts'
import { makeEdge, type NewEdge, type OpenEdge, replaceEdge, startEdge } from './edge-start.ts'
import { covers, surplusPorts, type WantedPort } from './published-ports.ts'

/** Ports of the host that an edge has to have. */
export interface PortWish {
  readonly wanted: readonly WantedPort[]
  /** It may have no others. */
  readonly exactly: boolean
}

export interface Opening {
  readonly owner: Owner
  readonly network: EnvironmentNetwork
  /** Absent while nobody has said: an edge that is there will do. */
  readonly wish?: PortWish
}

/** What every table needs, for an edge that is made before there is one. */
const FIRST_WISH: readonly WantedPort[] = [{ id: WEB_LISTENER, port: DEFAULT_WEB_PORT, taken: 'next' }]

/**
 * The streams of the environment's edge: of the one that runs where it will do, of the same one started again where it
 * ended, of a new one otherwise. Undefined while the engine is about to start it again or to remove it.
 */
export async function openEdge(context: DockerContext, opening: Opening, signal: AbortSignal): Promise<OpenEdge | undefined> {
  const { owner, network, wish } = opening
  const [current, ...others] = await findEdges(context, owner, signal)
  if (current !== undefined && fits(current, opening)) {
    const open = await reopen(context, current, signal)
    if (open !== 'broken') return open
  }
  const order: NewEdge = {
    owner,
    network,
    image: await context.houseImage(signal),
    control: await preferredControl(context),
    name: names.edge(context.place, owner.environment),
    wanted: wish?.wanted ?? FIRST_WISH,
  }
  await removeEdges(context, others, signal)
  if (current?.state === 'running') {
    const name = current.name === order.name ? `${order.name}-next` : order.name
    return replaceEdge(context, { ...order, name, old: current }, signal)
  }
  if (current !== undefined) await removeEdges(context, [current], signal)
  return makeEdge(context, order, signal)
}

/** Removes what is left of edges that were replaced, and gives the one in force the plain name. */
export async function tidyEdges(context: DockerContext, owner: Owner, signal: AbortSignal): Promise<void> {
  const [current, ...others] = await findEdges(context, owner, signal)
  await removeEdges(context, others, signal)
  const name = names.edge(context.place, owner.environment)
  if (current !== undefined && current.name !== name) await context.docker.getContainer(current.id).rename({ name, abortSignal: signal })
}

export async function removeEdges(context: DockerContext, edges: readonly { readonly id: string }[], signal: AbortSignal): Promise<void> {
  await Promise.all(
    edges.map(async ({ id }) => {
      try {
        await removeContainer(context, id, signal)
      } catch (error) {
        // The engine does it already; whoever needs the name or the address afterwards is told to wait.
        if (!hasStatus(error, 409) || !/in progress/i.test(engineWords(error))) throw error
      }
    }),
  )
}

function fits({ fingerprint, published }: EdgeContainer, { network, wish }: Opening): boolean {
  if (fingerprint !== edgeFingerprint(network)) return false
  if (wish === undefined) return true
  return covers(published, wish.wanted) && (!wish.exactly || surplusPorts(published, wish.wanted).length === 0)
}

async function reopen(context: DockerContext, edge: EdgeContainer, signal: AbortSignal): Promise<OpenEdge | undefined | 'broken'> {
  const { id, published, state } = edge
  try {
    switch (state) {
      case 'restarting':
      case 'removing':
        return undefined
      case 'running':
        return await joinRunning(context, edge, signal)
      case 'paused':
        await context.docker.getContainer(id).unpause({ abortSignal: signal })
        return { id, origin: 'found', published, streams: await openControl(context, edge, signal) }
      default:
        return await startEdge(context, edge, signal)
    }
  } catch (error) {
    // It ended, or is gone, since it was looked at.
    if (state === 'running' && hasStatus(error, 404, 409)) return undefined
    if (!hasStatus(error, 400, 404, 409, 500)) throw error
    context.logger.log('warn', 'the edge of last time cannot be started again; a new one takes its place', { reason: engineWords(error) })
    return 'broken'
  }
}

/** The engine's list is a moment late, and it joins somebody to the streams of a container that has ended as well: nothing would ever come. */
async function joinRunning(context: DockerContext, edge: EdgeContainer, signal: AbortSignal): Promise<OpenEdge | undefined> {
  const streams = await openControl(context, edge, signal)
  try {
    const { State: state } = await context.docker.getContainer(edge.id).inspect({ abortSignal: signal })
    if (state.Running && !state.Restarting) return { id: edge.id, origin: 'found', published: edge.published, streams }
  } catch (error) {
    streams.destroy()
    throw error
  }
  streams.destroy()
  return undefined
}

import type { Millis } from '../../../../src/kernel/instant.ts'
import { createContainer, removeContainer } from '../containers.ts'
import type { DockerContext } from '../context.ts'
import { engineWords, hasStatus } from '../faults.ts'
import { busyPorts, type EdgeContainer, type EdgeOrder, edgeBody } from './edge-container.ts'
import { startControlled } from './edge-control.ts'
import type { EdgeStreams } from './edge-streams.ts'
import { assignPorts, type Publication, refusedPort, type WantedPort } from './published-ports.ts'

/** An edge whose streams are open; it need not have said anything yet. */
export interface OpenEdge {
  readonly id: string
  /** It was running, it had ended and was started again, or it is new. */
  readonly origin: 'found' | 'started' | 'made'
  readonly published: readonly Publication[]
  readonly streams: EdgeStreams
}

export interface NewEdge extends EdgeOrder {
  readonly name: string
  readonly wanted: readonly WantedPort[]
}

/** Requests that run when an edge is replaced have this long to finish; nobody can connect meanwhile. The engine counts in seconds. */
const REPLACE_GRACE: Millis = 2000

/** Makes and starts an edge. Ports that the engine refuses are counted up or left out, as the table wants. */
export async function makeEdge(context: DockerContext, order: NewEdge, signal: AbortSignal): Promise<OpenEdge> {
  const draft = await new EdgeDraft(context, order, signal).create()
  return draft.start()
}

/**
 * Makes an edge in place of another one. Both cannot run at a time, because address and ports are the same: the new one
 * is made first, so that nobody serves for no longer than an end and a start take. When the new one does not start, the old one goes on.
 */
export async function replaceEdge(
  context: DockerContext,
  order: NewEdge & { readonly old: EdgeContainer },
  signal: AbortSignal,
): Promise<OpenEdge> {
  const { old } = order
  const draft = await new EdgeDraft(context, order, signal, [old.id]).create()
  try {
    await stopEdge(context, old, signal)
    return await draft.start()
  } catch (error) {
    await draft.remove()
    await context.docker
      .getContainer(old.id)
      .start()
      .catch((reason: unknown) => context.logger.log('warn', 'the edge before cannot be started again', { reason: engineWords(reason) }))
    throw error
  }
}

/** Starts an edge that exists and ended. */
export async function startEdge(context: DockerContext, edge: EdgeContainer, signal: AbortSignal): Promise<OpenEdge> {
  const { id, published } = edge
  return { id, origin: 'started', published, streams: await startControlled(context, edge, signal) }
}

async function stopEdge(context: DockerContext, { id }: EdgeContainer, signal: AbortSignal): Promise<void> {
  try {
    await context.docker.getContainer(id).stop({ t: REPLACE_GRACE / 1000, abortSignal: signal })
  } catch (error) {
    // It was not running, or is gone.
    if (!hasStatus(error, 304, 404)) throw error
  }
}

/** A container that is made again with other ports as long as the engine refuses one of them when it starts. */
class EdgeDraft {
  readonly #context: DockerContext
  readonly #order: NewEdge
  readonly #signal: AbortSignal
  readonly #except: readonly string[]
  #busy = new Map<number, string>()
  #published: readonly Publication[] = []
  #id: string | undefined

  constructor(context: DockerContext, order: NewEdge, signal: AbortSignal, except: readonly string[] = []) {
    this.#context = context
    this.#order = order
    this.#signal = signal
    this.#except = except
  }

  async create(): Promise<this> {
    this.#busy = new Map(await busyPorts(this.#context, this.#except, this.#signal))
    await this.#create()
    return this
  }

  async start(): Promise<OpenEdge> {
    for (;;) {
      try {
        const id = this.#id ?? (await this.#create())
        const streams = await startControlled(this.#context, { id, control: this.#order.control }, this.#signal)
        return { id, origin: 'made', published: this.#published, streams }
      } catch (error) {
        await this.remove()
        const refused = refusedPort(engineWords(error), this.#onlyPort())
        if (refused === undefined || this.#busy.has(refused.port)) throw error
        this.#busy.set(refused.port, refused.why)
      }
    }
  }

  /** Also after the signal: what was made in vain does not stay. */
  async remove(): Promise<void> {
    const id = this.#id
    if (id === undefined) return
    this.#id = undefined
    const { logger } = this.#context
    await removeContainer(this.#context, id, new AbortController().signal).catch((error: unknown) =>
      logger.log('warn', 'an edge that did not start cannot be removed', { reason: engineWords(error) }),
    )
  }

  async #create(): Promise<string> {
    const { wanted, name } = this.#order
    this.#published = assignPorts(wanted, this.#busy)
    const body = edgeBody(this.#order, { home: this.#context.place.home, published: this.#published })
    this.#id = await createContainer(this.#context, { name, body }, this.#signal)
    return this.#id
  }

  #onlyPort(): number | undefined {
    const ports = this.#published.flatMap(({ host }) => (host === undefined ? [] : [host]))
    return ports.length === 1 ? ports[0] : undefined
  }
}

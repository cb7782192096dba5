import type { EdgeTable } from '../../../../src/model/edge.ts'
import type { EdgeChannel, EdgeHost, Owner } from '../../../../src/model/engine.ts'
import { openChannel } from '../../shared/edge-channel.ts'
import type { DockerContext } from '../context.ts'
import { engineWords, toFault } from '../faults.ts'
import { type EnvironmentNetwork, edgeAddress, ensureNetwork } from '../network.ts'
import { openAnswering } from './edge-answer.ts'
import { findEdges } from './edge-container.ts'
import { type PortWish, removeEdges, tidyEdges } from './edge-opening.ts'
import { EdgeSession } from './edge-session.ts'
import type { OpenEdge } from './edge-start.ts'
import { wantedPorts } from './published-ports.ts'

/** The edge of an environment as a container on its network, controlled over the container's standard streams. */
export class DockerEdgeHost implements EdgeHost {
  readonly #context: DockerContext
  readonly #wishes = new Map<string, PortWish>()
  readonly #tidying = new Map<string, Promise<void>>()

  constructor(context: DockerContext) {
    this.#context = context
  }

  /**
   * As in `EdgeHost`. An edge that has to be made publishes the ports that `expects`, the table that it is going to get, needs; without it,
   * those of the last table, or the usual one. One whose ports do not suffice is replaced, now or when a table asks for more.
   */
  async attach(owner: Owner, signal: AbortSignal, expects?: EdgeTable): Promise<EdgeChannel> {
    const exactly = this.#wishes.get(owner.environment)?.exactly ?? false
    if (expects !== undefined) this.#wishes.set(owner.environment, { wanted: wantedPorts(expects), exactly })
    return this.#do(`attach to the edge of environment ${owner.environment}`, signal, async () => {
      const network = await ensureNetwork(this.#context, owner, signal)
      await this.#tidying.get(owner.environment)
      const wish = this.#wishes.get(owner.environment)
      const opening = { owner, network, ...(wish === undefined ? {} : { wish }) }
      return this.#session(owner, network, await openAnswering(this.#context, opening, signal))
    })
  }

  async describe(owner: Owner, signal: AbortSignal): Promise<string | undefined> {
    return this.#do(`look for the edge of environment ${owner.environment}`, signal, async () => {
      const [edge] = await findEdges(this.#context, owner, signal)
      return edge === undefined ? undefined : `container ${edge.id.slice(0, 12)}`
    })
  }

  /** Ends the edge at once; its table goes with it. */
  async remove(owner: Owner, signal: AbortSignal): Promise<void> {
    this.#wishes.delete(owner.environment)
    await this.#tidying.get(owner.environment)
    await this.#do(`remove the edge of environment ${owner.environment}`, signal, async () =>
      removeEdges(this.#context, await findEdges(this.#context, owner, signal), signal),
    )
  }

  #session(owner: Owner, network: EnvironmentNetwork, edge: OpenEdge): EdgeChannel {
    const { environment } = owner
    this.#tidy(owner)
    return new EdgeSession(openChannel(edge.streams), {
      address: edgeAddress(network.subnet),
      published: edge.published,
      wish: (wanted, exactly) => this.#wishes.set(environment, { wanted, exactly }),
    })
  }

  /** Beside the work, because somebody waits for the channel. */
  #tidy(owner: Owner): void {
    const { logger } = this.#context
    const work = tidyEdges(this.#context, owner, new AbortController().signal).catch((error: unknown) =>
      logger.log('warn', 'what is left of an edge that was replaced cannot be removed', { reason: engineWords(error) }),
    )
    this.#tidying.set(owner.environment, work)
    void work.finally(() => {
      if (this.#tidying.get(owner.environment) === work) this.#tidying.delete(owner.environment)
    })
  }

  async #do<T>(doing: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (signal.aborted) throw signal.reason
      throw toFault(error, doing)
    }
  }
}

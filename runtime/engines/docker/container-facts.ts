import type Docker from 'dockerode'
import { type Instant, instant } from '../../../src/kernel/instant.ts'
import { type ContainerState, readState } from './container-state.ts'
import { networksOf } from './containers.ts'
import type { DockerContext } from './context.ts'
import { hasStatus } from './faults.ts'
import { LABELS } from './labels.ts'
import { instantOf, parseEngineTime } from './pod/engine-time.ts'

/** What the engine's list does not tell exactly. */
export interface ContainerFacts {
  readonly state: ContainerState
  readonly createdAt: Instant
  /** Absent before the first start. */
  readonly startedAt?: Instant
  /** Absent while it runs. */
  readonly endedAt?: Instant
  readonly exitCode: number
  readonly outOfMemory: boolean
}

type ListedContainer = Pick<Docker.ContainerInfo, 'Id' | 'State' | 'Created' | 'Labels' | 'NetworkSettings'>

/** Changes with each start of a container that has a network of its own. */
function markOf(container: ListedContainer): string {
  const networks = Object.values(networksOf(container))
  return [container.State, ...networks.map(({ EndpointID: id, IPAddress: address }) => `${id} ${address}`)].join(' ')
}

interface Kept {
  readonly mark: string
  readonly facts: ContainerFacts
}

/** Facts of containers, asked for once in each state: they change only when the state does, or when somebody starts a container again. */
export class FactBook {
  readonly #context: DockerContext
  /** By environment, so that an observation can drop what is gone, then by container. */
  readonly #kept = new Map<string, Map<string, Kept>>()
  /** Grows with everything that is forgotten: an answer from before is not kept. */
  #turn = 0

  constructor(context: DockerContext) {
    this.#context = context
  }

  /** A container ended or was started: also when that happened between two observations, it is asked again. Without an id: any of them. */
  forget(environment: string, id?: string): void {
    this.#turn++
    if (id === undefined) this.#kept.delete(environment)
    else this.#kept.get(environment)?.delete(id)
  }

  /** Facts by id of all containers of an environment; without those that went meanwhile. */
  async of(environment: string, listed: readonly ListedContainer[], signal: AbortSignal): Promise<ReadonlyMap<string, ContainerFacts>> {
    const known = this.#kept.get(environment)
    const kept = new Map<string, Kept>()
    const facts = new Map<string, ContainerFacts>()
    const turn = this.#turn
    this.#kept.set(environment, kept)
    await Promise.all(
      listed.map(async (container) => {
        const { Id: id, State: state } = container
        const listedFacts = factsInList(container)
        if (listedFacts !== undefined) {
          facts.set(id, listedFacts)
          return
        }
        const mark = markOf(container)
        const last = known?.get(id)
        if (last?.mark === mark) {
          facts.set(id, last.facts)
          kept.set(id, last)
          return
        }
        const found = await this.#ask(id, signal)
        if (found === undefined) return
        facts.set(id, found)
        // A container that moved on while we asked is asked again next time.
        if (found.state === readState(state) && turn === this.#turn) kept.set(id, { mark, facts: found })
      }),
    )
    return facts
  }

  async #ask(id: string, signal: AbortSignal): Promise<ContainerFacts | undefined> {
    try {
      const { State: state, Created: created } = await this.#context.docker.getContainer(id).inspect({ abortSignal: signal })
      return readFacts(created, state)
    } catch (error) {
      if (hasStatus(error, 404)) return undefined
      throw error
    }
  }
}

/**
 * Of a container that never ran, or of a sandbox that ended, the list tells all that is wanted, to the second. Asking would wait until a
 * start or a removal is over, because the engine holds the container's lock meanwhile, and with it the whole observation.
 */
function factsInList({ State: word, Created: created, Labels: labels }: ListedContainer): ContainerFacts | undefined {
  const state = readState(word)
  if (state !== 'created' && !(state === 'exited' && labels[LABELS.role] === 'sandbox')) return undefined
  return { state, createdAt: instant(created * 1000), exitCode: 0, outOfMemory: false }
}

export function readFacts(created: string, state: Docker.ContainerInspectInfo['State']): ContainerFacts {
  const startedAt = parseTime(state.StartedAt)
  const endedAt = state.Running ? undefined : parseTime(state.FinishedAt)
  return {
    state: readState(state.Status),
    createdAt: parseTime(created) ?? instant(0),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
    exitCode: state.ExitCode,
    outOfMemory: state.OOMKilled,
  }
}

/** Undefined for the engine's zero, which is the year 1. */
function parseTime(text: string): Instant | undefined {
  const time = parseEngineTime(text)
  return time === undefined || time.seconds <= 0 ? undefined : instantOf(time)
}

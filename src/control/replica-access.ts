import { FaultError } from '../kernel/fault.ts'
import type { ByteStream } from '../model/engine.ts'
import type { ObservedContainer, ObservedReplica } from '../model/observed.ts'
import type { ContainerProcesses, ForwardAnswer, KillAnswer, ReplicaContainer, ReplicaUsage } from '../wire/answers.ts'
import type { KillOrder } from '../wire/requests.ts'
import type { ArchivePlace, ForwardPlace, ReplicaAccess } from './environment-control.ts'
import { appliedComponents, findComponent } from './find-component.ts'
import type { Machinery } from './machinery.ts'
import { facetFor } from './missing-facet.ts'
import { findContainer, pickInTurn, pickWithFiles, type ReplicaWish } from './pick-replica.ts'
import { RefusalError } from './ports.ts'
import type { RunningEnvironment } from './running-environment.ts'

/** What is done with running replicas by hand: their files, processes, usage and ports. The model is not touched. */
export class RunningReplicas implements ReplicaAccess {
  readonly #running: RunningEnvironment
  readonly #name: string
  /** By component and port: connections so far. */
  readonly #turns = new Map<string, number>()

  constructor(name: string, running: RunningEnvironment) {
    this.#name = name
    this.#running = running
  }

  async processes(components: readonly string[], signal: AbortSignal): Promise<readonly ContainerProcesses[]> {
    const { machinery } = this
    const { engine, owner } = machinery
    const facet = facetFor('processes', engine)
    const { shade } = this.#running
    const places = runningContainers(machinery, components)
    const tables = await Promise.all(
      places.map(async ({ replica, container }) => {
        const table = await unlessGone(facet.list({ owner, id: replica.id }, container.name, signal))
        if (table === undefined) return []
        // Arguments are what programs were given, and a value of a secret may be one.
        return [{ ...placeOf(replica, container), titles: table.titles, rows: table.rows.map((row) => row.map(shade.text)) }]
      }),
    )
    return tables.flat()
  }

  async usage(components: readonly string[], signal: AbortSignal): Promise<readonly ReplicaUsage[]> {
    const { machinery } = this
    const { engine, owner } = machinery
    const facet = facetFor('stats', engine)
    const readings = await Promise.all(
      runningReplicas(machinery, components).map(async ({ id, component, ordinal }) => {
        const reading = await unlessGone(facet.read({ owner, id }, signal))
        return reading === undefined ? [] : [{ component, replica: id, ordinal, ...reading }]
      }),
    )
    return readings.flat()
  }

  async kill(order: KillOrder, signal: AbortSignal): Promise<KillAnswer> {
    const { machinery } = this
    const { engine, owner } = machinery
    const facet = facetFor('processes', engine)
    const replicas = runningReplicas(machinery, order.components).filter(
      ({ ordinal }) => order.ordinal === undefined || ordinal === order.ordinal,
    )
    if (replicas.length === 0) {
      const what = order.components.length === 0 ? 'nothing' : `no replica of ${order.components.join(', ')}`
      throw new RefusalError(409, {
        code: 'MP8011',
        message: `${what} runs that could be signalled`,
        next: `"minipaas ps" shows what runs`,
      })
    }
    const places = replicas.map((replica) => ({ replica, container: containerToSignal(replica, order.container) }))
    await Promise.all(
      places.map(({ replica, container }) =>
        facet.kill({ owner, id: replica.id }, { container: container.name, signal: order.signal }, signal),
      ),
    )
    return { signalled: places.map(({ replica, container }) => placeOf(replica, container)) }
  }

  async readArchive(from: ArchivePlace, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const { machinery } = this
    const facet = facetFor('copy', machinery.engine)
    const replica = pickWithFiles(this.#wish(from), machinery.shell.state)
    return await facet.read({ owner: machinery.owner, id: replica.id }, containerPath(from), signal)
  }

  async writeArchive(to: ArchivePlace, archive: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    const { machinery } = this
    const facet = facetFor('copy', machinery.engine)
    const replica = pickWithFiles(this.#wish(to), machinery.shell.state)
    await facet.write({ owner: machinery.owner, id: replica.id }, containerPath(to), archive, signal)
  }

  forwardTarget(to: ForwardPlace): ForwardAnswer {
    const { machinery } = this
    facetFor('connections', machinery.engine)
    const { component, id, ordinal } = this.#nextFor(to, 'look')
    return { component, replica: id, ordinal, port: to.port }
  }

  async connect(to: ForwardPlace, signal: AbortSignal): Promise<ByteStream> {
    const { machinery } = this
    const facet = facetFor('connections', machinery.engine)
    const { id } = this.#nextFor(to, 'take')
    return await facet.connect({ owner: machinery.owner, id }, to.port, signal)
  }

  private get machinery(): Machinery {
    const { machinery } = this.#running
    if (machinery !== undefined) return machinery
    throw new RefusalError(404, { code: 'MP8003', message: `nothing runs in environment ${this.#name}` })
  }

  #nextFor(to: ForwardPlace, why: 'look' | 'take'): ObservedReplica {
    const wish = this.#wish(to)
    const key = `${wish.component}:${to.port}`
    const turn = this.#turns.get(key) ?? 0
    const replica = pickInTurn(wish, this.machinery.shell.state, turn)
    if (why === 'take') this.#turns.set(key, turn + 1)
    return replica
  }

  #wish({ component, ordinal, container }: ArchivePlace | (ForwardPlace & { readonly container?: never })): ReplicaWish {
    return { component: findComponent(component, this.machinery.shell.state).component.key, ordinal, container }
  }
}

/** Replicas of these components that run, all without names; an unknown name is refused. */
function runningReplicas({ shell: { state } }: Machinery, names: readonly string[]): readonly ObservedReplica[] {
  const keys = new Set(names.length === 0 ? appliedComponents(state).keys() : names.map((name) => findComponent(name, state).component.key))
  return (state.observed?.replicas ?? [])
    .filter((replica) => replica.phase === 'running' && keys.has(replica.component))
    .sort((left, right) => (left.component < right.component ? -1 : left.component > right.component ? 1 : left.ordinal - right.ordinal))
}

interface Place {
  readonly replica: ObservedReplica
  readonly container: ObservedContainer
}

function runningContainers(machinery: Machinery, names: readonly string[]): readonly Place[] {
  return runningReplicas(machinery, names).flatMap((replica) =>
    replica.containers.filter(({ state }) => state === 'running').map((container) => ({ replica, container })),
  )
}

/** The named container, else the application's. */
function containerToSignal(replica: ObservedReplica, name: string | undefined): ObservedContainer {
  const app = replica.containers.find(({ role }) => role === 'app')
  if (name === undefined && app !== undefined) return app
  return findContainer(replica, name ?? 'app')
}

function placeOf(replica: ObservedReplica, container: ObservedContainer): ReplicaContainer {
  const { component, id, ordinal } = replica
  return { component, replica: id, ordinal, container: container.name, role: container.role }
}

function containerPath({ container, path }: ArchivePlace): { readonly container?: string; readonly path: string } {
  return { path, ...(container === undefined ? {} : { container }) }
}

/** What ended between the look and the question has nothing to tell. */
async function unlessGone<T>(question: Promise<T>): Promise<T | undefined> {
  try {
    return await question
  } catch (error) {
    const kind = error instanceof FaultError ? error.fault.kind : undefined
    if (kind === 'not-found' || kind === 'conflict') return undefined
    throw error
  }
}

import { after, type Millis } from '../../../../src/kernel/instant.ts'
import type { ReplicaRef } from '../../../../src/model/engine.ts'
import type { DockerContext } from '../context.ts'
import { isAway, toFault } from '../faults.ts'
import { containerChanges, RECONNECT_MS } from './container-changes.ts'
import { type LogReading, readContainerLog } from './container-log.ts'
import { HandOver } from './hand-over.ts'
import type { EngineLine } from './log-lines.ts'
import { isAlive, listPodContainers, type PodContainer } from './pod-containers.ts'

const LOOK_AGAIN: Millis = 500

export type SourcedLine = readonly [PodContainer, EngineLine]

/** Where a reading of a container begins. */
export type LogBeginning = Pick<LogReading, 'from' | 'tail'>

export interface FollowOrder {
  readonly of: ReplicaRef
  /** Containers that are read. */
  readonly wanted: (container: PodContainer) => boolean
  /** Of containers that were read before; what is not among them is read from its beginning. */
  readonly positions: ReadonlyMap<string, LogBeginning>
  readonly beginning: LogBeginning
  /** Ids of containers that were over before they were read. */
  readonly finished: ReadonlySet<string>
}

/** Lines as they come, over restarts and also over an engine that goes away for a while; ends when nothing is left of the replica. */
export async function* followLogs(context: DockerContext, order: FollowOrder, signal: AbortSignal): AsyncGenerator<SourcedLine> {
  const leaving = new AbortController()
  const follower = new Follower(context, order, AbortSignal.any([signal, leaving.signal]))
  void follower.run()
  try {
    yield* follower.lines
  } finally {
    leaving.abort(new DOMException('nobody reads any more', 'AbortError'))
  }
}

class Follower {
  readonly lines = new HandOver<SourcedLine>()
  readonly #context: DockerContext
  readonly #order: FollowOrder
  readonly #signal: AbortSignal
  readonly #positions: Map<string, LogBeginning>
  readonly #finished: Set<string>
  readonly #pumps = new Map<string, Promise<void>>()

  constructor(context: DockerContext, order: FollowOrder, signal: AbortSignal) {
    this.#context = context
    this.#order = order
    this.#signal = signal
    this.#positions = new Map(order.positions)
    this.#finished = new Set(order.finished)
  }

  async run(): Promise<void> {
    const { of } = this.#order
    const { clock } = this.#context
    const end = (): void => this.lines.close()
    this.#signal.addEventListener('abort', end, { once: true })
    const gone = new AbortController()
    let again: Disposable | undefined
    const lookAgain = (): void => {
      const looking = this.#look().then((isGone) => void (isGone && gone.abort()))
      looking.catch((error: unknown) => this.lines.fail(toFault(error, `look after replica ${of.id}`)))
    }
    try {
      for await (const _change of containerChanges(this.#context, of, AbortSignal.any([this.#signal, gone.signal]))) {
        if (await this.#look()) break
        // An engine may tell of a removal while it still lists the container.
        again?.[Symbol.dispose]()
        again = clock.at(after(clock.now(), LOOK_AGAIN), lookAgain)
      }
      await Promise.all(this.#pumps.values())
      this.lines.close()
    } catch (error) {
      this.lines.fail(toFault(error, `read the output of replica ${of.id}`))
    } finally {
      again?.[Symbol.dispose]()
      this.#signal.removeEventListener('abort', end)
    }
  }

  /** Begins to read what is there and not read yet. Whether nothing is left of the replica. */
  async #look(): Promise<boolean> {
    const { of, wanted } = this.#order
    let all: readonly PodContainer[]
    try {
      all = await listPodContainers(this.#context, of, this.#signal)
    } catch (error) {
      if (this.#signal.aborted || isAway(toFault(error, 'look'))) return false
      throw error
    }
    for (const container of all.filter(wanted)) {
      if (container.state === 'created' || this.#pumps.has(container.id)) continue
      if (this.#finished.has(container.id) && !isAlive(container)) continue
      this.#pumps.set(container.id, this.#pump(container))
    }
    return all.length === 0
  }

  async #pump(container: PodContainer): Promise<void> {
    const { id } = container
    try {
      while (!this.#signal.aborted && !(await this.#read(container))) await this.#context.clock.sleep(RECONNECT_MS, this.#signal)
      this.#finished.add(id)
    } catch (error) {
      if (!this.#signal.aborted) this.lines.fail(toFault(error, `read the output of ${container.name}`))
    }
    this.#pumps.delete(id)
  }

  /** Whether the container is over; otherwise the engine went away. */
  async #read(container: PodContainer): Promise<boolean> {
    const { id } = container
    const beginning = this.#positions.get(id) ?? this.#order.beginning
    try {
      const reading = { container: id, follow: true, unfinished: 'give', ...beginning } as const
      for await (const { line, position } of readContainerLog(this.#context, reading, this.#signal)) {
        if (position !== undefined) this.#positions.set(id, { from: position })
        await this.lines.put([container, line])
      }
      return true
    } catch (error) {
      if (this.#signal.aborted) return true
      if (isAway(toFault(error, 'read'))) return false
      throw error
    }
  }
}

import type { Clock } from '../../../src/kernel/clock.ts'
import { after, type Instant, type Millis } from '../../../src/kernel/instant.ts'
import type { Endpoint } from '../../../src/model/engine.ts'
import type { EngineContext } from './context.ts'
import type { FindListeners, ListenerQuestion } from './listener-question.ts'
import { findLinuxListeners } from './listeners-linux.ts'
import { findPortableListeners } from './listeners-portable.ts'
import { listenerKey, type Replica } from './replica.ts'

const LOOK_EVERY: Millis = 100
/** A look that takes long is followed by a pause of so many times its length. */
const PAUSE_FACTOR = 10
/** After this time a process that does not listen is looked at less often, and at last only when somebody asks. */
const SOON: Millis = 10_000
const LOOK_SELDOM: Millis = 1_000
const GIVE_UP: Millis = 120_000

/**
 * Finds out where containers really listen. The assigned port is right until something else is seen, so nobody waits
 * for the answer; an application that insists on its own port is usually found within a tenth of a second.
 */
export class ListenerWatch {
  readonly #clock: Clock
  readonly #context: EngineContext
  readonly #find: FindListeners = process.platform === 'linux' ? findLinuxListeners : findPortableListeners
  readonly #open = new Map<Replica, Instant>()
  readonly #stopped = new AbortController()
  #busy = false

  constructor(context: EngineContext) {
    this.#context = context
    this.#clock = context.clock
  }

  /** The address of a container port; undefined while no container with it was started. */
  endpoint(replica: Replica, number: number): Endpoint | undefined {
    for (const container of replica.record.containers) {
      const port = container.ports.find((candidate) => candidate.number === number)
      if (port === undefined || container.process === undefined) continue
      const known = replica.listeners.get(listenerKey(container, port))
      if (known !== undefined) return { host: known.host, port: known.port }
      this.look(replica)
      return { host: '127.0.0.1', port: port.local }
    }
    return undefined
  }

  /** Looks for the listeners of a replica from now on. */
  look(replica: Replica): void {
    if (this.#open.has(replica) || questionsOf(replica).length === 0) return
    this.#open.set(replica, this.#clock.now())
    if (!this.#busy) void this.#run()
  }

  stop(): void {
    this.#stopped.abort()
    this.#open.clear()
  }

  async #run(): Promise<void> {
    this.#busy = true
    let took: Millis = 0
    try {
      while (this.#open.size > 0) {
        const now = this.#clock.now()
        const young = [...this.#open.values()].some((since) => now < after(since, SOON))
        await this.#clock.sleep(Math.max(young ? LOOK_EVERY : LOOK_SELDOM, took * PAUSE_FACTOR), this.#stopped.signal)
        const began = this.#clock.now()
        await this.#lookOnce()
        took = this.#clock.now() - began
      }
    } catch {
      // Stopped.
    } finally {
      this.#busy = false
    }
  }

  async #lookOnce(): Promise<void> {
    const now = this.#clock.now()
    const questions: ListenerQuestion[] = []
    for (const [replica, since] of this.#open) {
      const own = questionsOf(replica)
      if (own.length === 0 || now >= after(since, GIVE_UP)) this.#open.delete(replica)
      questions.push(...own)
    }
    const answers = await this.#find(questions)
    for (const [index, { replica, container, port }] of questions.entries()) {
      const answer = answers[index]
      if (answer === undefined) continue
      replica.listeners.set(listenerKey(container, port), answer)
      if (answer.at === 'assigned' && answer.host === '127.0.0.1') continue
      this.#context.hints.post(replica.record.environment, replica.record.id)
    }
  }
}

/** Ports of running containers whose listener is not known. */
function questionsOf(replica: Replica): ListenerQuestion[] {
  return replica.record.containers.flatMap((container) =>
    container.ports.length === 0 || !replica.isRunning(container.name)
      ? []
      : container.ports
          .filter((port) => !replica.listeners.has(listenerKey(container, port)))
          .map((port) => ({ replica, container, port })),
  )
}

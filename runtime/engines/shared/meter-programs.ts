import type { Clock } from '../../../src/kernel/clock.ts'
import { after, type Millis } from '../../../src/kernel/instant.ts'
import type { Logger } from '../../../src/kernel/logger.ts'
import type { MeterChannel, MeterHost, Owner } from '../../../src/model/engine.ts'
import { engineFaults } from '../../../src/model/engine-faults.ts'
import { type MeterProgram, MeterSession } from './meter-session.ts'

/** What differs from engine to engine. */
export interface MeterProgramsPorts {
  readonly clock: Clock
  readonly logger: Logger
  /** Starts the program of an environment that has none. */
  start(owner: Owner, signal: AbortSignal): Promise<MeterProgram>
  /** Ends and removes what an earlier daemon left of one. */
  clear(owner: Owner, signal: AbortSignal): Promise<void>
}

/** A program that nobody reads from ends after this time. */
const LINGER: Millis = 10_000

/** One program for each environment: started when somebody attaches, ended when nobody has been attached for a while. */
export class MeterPrograms implements MeterHost {
  readonly #ports: MeterProgramsPorts
  readonly #sessions = new Map<string, MeterSession>()
  readonly #lingering = new Map<string, Disposable>()
  readonly #turns = new Map<string, Promise<unknown>>()

  constructor(ports: MeterProgramsPorts) {
    this.#ports = ports
  }

  /**
   * The newest attach is the one that is served; the channel of an earlier one ends. A program that does not answer is replaced. Throws the
   * fault MP4122 with its last words when a new one does not say hello.
   */
  attach(owner: Owner, signal: AbortSignal): Promise<MeterChannel> {
    return this.#inTurn(owner, async () => {
      signal.throwIfAborted()
      this.#stay(owner)
      const session = (await this.#living(owner, signal)) ?? (await this.#start(owner, signal))
      return session.open()
    })
  }

  remove(owner: Owner, signal: AbortSignal): Promise<void> {
    return this.#inTurn(owner, async () => {
      signal.throwIfAborted()
      this.#stay(owner)
      await this.#end(owner)
      await this.#ports.clear(owner, signal)
    })
  }

  /** Ends all programs, also those that are just being started: nobody can attach to them once this one is gone. */
  async release(): Promise<void> {
    await Promise.all(this.#turns.values())
    for (const lingering of this.#lingering.values()) lingering[Symbol.dispose]()
    this.#lingering.clear()
    await Promise.all([...this.#sessions.values()].map((session) => session.end()))
    this.#sessions.clear()
  }

  async #living(owner: Owner, signal: AbortSignal): Promise<MeterSession | undefined> {
    const session = this.#sessions.get(owner.environment)
    if (session === undefined) return undefined
    try {
      if (await session.answers(signal)) return session
    } catch (error) {
      // Given up, and nobody else reads from it.
      this.#linger(owner)
      throw error
    }
    await this.#end(owner)
    return undefined
  }

  async #start(owner: Owner, signal: AbortSignal): Promise<MeterSession> {
    const { clock, clear, start } = this.#ports
    await clear(owner, signal)
    const session = new MeterSession(await start(owner, signal), { clock, left: () => this.#linger(owner) })
    this.#sessions.set(owner.environment, session)
    void session.over.then(() => this.#ended(owner, session))
    try {
      const why = await session.greeted(signal)
      if (why !== undefined) throw engineFaults.metersAway(owner.environment, why)
    } catch (error) {
      await this.#end(owner)
      throw error
    }
    return session
  }

  async #end(owner: Owner): Promise<void> {
    const session = this.#sessions.get(owner.environment)
    this.#sessions.delete(owner.environment)
    await session?.end()
  }

  /** It ended by itself; the next attach makes another one. */
  #ended(owner: Owner, session: MeterSession): void {
    if (this.#sessions.get(owner.environment) !== session) return
    this.#inTurn(owner, async () => {
      if (this.#sessions.get(owner.environment) === session) await this.#end(owner)
    }).catch((error: unknown) => this.#cannotEnd(owner, error))
  }

  #linger(owner: Owner): void {
    const { clock } = this.#ports
    this.#stay(owner)
    const leave = (): void => {
      this.#inTurn(owner, async () => {
        if (this.#sessions.get(owner.environment)?.isRead === false) await this.#end(owner)
      }).catch((error: unknown) => this.#cannotEnd(owner, error))
    }
    this.#lingering.set(owner.environment, clock.at(after(clock.now(), LINGER), leave))
  }

  #stay({ environment }: Owner): void {
    this.#lingering.get(environment)?.[Symbol.dispose]()
    this.#lingering.delete(environment)
  }

  #cannotEnd({ environment }: Owner, error: unknown): void {
    this.#ports.logger.log('warn', 'what is left of the program that reads triggers cannot be removed', {
      environment,
      reason: error instanceof Error ? error.message : String(error),
    })
  }

  /** One thing at a time for each environment. */
  #inTurn<T>({ environment }: Owner, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(environment) ?? Promise.resolve()
    const turn = before.then(work)
    const settled = turn.then(
      () => {},
      () => {},
    )
    this.#turns.set(environment, settled)
    void settled.then(() => {
      if (this.#turns.get(environment) === settled) this.#turns.delete(environment)
    })
    return turn
  }
}

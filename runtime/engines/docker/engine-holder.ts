import type { EngineHealth } from '../../../src/model/observed.ts'
import { type EngineAtHand, EngineLink } from './engine-link.ts'
import type { UseEngine } from './facets.ts'
import { isAway, toFault } from './faults.ts'
import type { Abilities } from './health.ts'
import type { DockerEngineOptions } from './options.ts'
import { assembleParts, type DockerParts } from './parts.ts'
import { placeOf } from './place.ts'
import { RestartBook } from './restart-book.ts'

export interface HolderOptions extends DockerEngineOptions {
  /** Told whenever the engine was asked what it can do. */
  readonly onAbilities: (abilities: Abilities) => void
}

/** Gives the parts of the engine to whoever needs them, and makes faults of whatever they throw. */
export class EngineHolder {
  readonly #options: HolderOptions
  readonly #link: EngineLink
  /** Of one engine; they know things of it. */
  readonly #parts = new WeakMap<EngineAtHand, DockerParts>()
  readonly #restarts = new RestartBook()
  #latest: DockerParts | undefined

  constructor(options: HolderOptions) {
    this.#options = options
    this.#link = new EngineLink(options)
  }

  /** From the first use on, no other engine will do: what was made on one is not looked for on another. */
  readonly use: UseEngine = async (doing, signal, work) => {
    const result = await this.look(doing, signal, work)
    this.#link.keep()
    return result
  }

  /** The same for a question that leaves nothing behind. */
  readonly look: UseEngine = async (doing, signal, work) => {
    signal.throwIfAborted()
    const engine = await this.#open(doing, signal)
    try {
      return await work(this.#partsOf(engine))
    } catch (error) {
      throw this.#failed(error, { doing, engine, signal })
    }
  }

  /** The same for what comes piece by piece; it ends quietly when the signal aborts. */
  async *stream<T>(doing: string, signal: AbortSignal, work: (parts: DockerParts) => AsyncIterable<T>): AsyncGenerator<T> {
    if (signal.aborted) return
    const engine = await this.#open(doing, signal)
    try {
      yield* work(this.#partsOf(engine))
    } catch (error) {
      if (!signal.aborted) throw this.#failed(error, { doing, engine, signal })
    }
  }

  /** Never rejects: an engine that is not there is absent. */
  async probe(signal: AbortSignal): Promise<EngineHealth> {
    let engine: EngineAtHand | undefined
    try {
      engine = await this.#link.open(signal)
      const { health, abilities } = await this.#link.ask(signal)
      this.#options.onAbilities(abilities)
      return health
    } catch (error) {
      const fault = toFault(error, 'say what it is')
      if (engine !== undefined && isAway(fault)) this.#link.lost(engine)
      return { state: engine === undefined ? 'absent' : 'unhealthy', detail: fault.message, attributes: {} }
    }
  }

  async close(): Promise<void> {
    await this.#latest?.meters.release()
    this.#link.close()
  }

  async #open(doing: string, signal: AbortSignal): Promise<EngineAtHand> {
    try {
      const known = this.#link.report
      const engine = await this.#link.open(signal)
      const { report } = this.#link
      if (report !== undefined && report !== known) this.#options.onAbilities(report.abilities)
      return engine
    } catch (error) {
      signal.throwIfAborted()
      throw toFault(error, doing)
    }
  }

  #failed(error: unknown, at: { readonly doing: string; readonly engine: EngineAtHand; readonly signal: AbortSignal }): unknown {
    if (at.signal.aborted) return at.signal.reason
    const fault = toFault(error, at.doing)
    if (isAway(fault)) this.#link.lost(at.engine)
    return fault
  }

  #partsOf(engine: EngineAtHand): DockerParts {
    const known = this.#parts.get(engine)
    if (known !== undefined) return known
    const { home, usualHome } = this.#options
    const shared = { place: placeOf(home, usualHome), restarts: this.#restarts }
    const parts = assembleParts(engine, { options: this.#options, shared, health: () => this.#health() })
    this.#parts.set(engine, parts)
    this.#latest = parts
    return parts
  }

  #health(): EngineHealth {
    return this.#link.report?.health ?? { state: 'healthy', detail: '', attributes: {} }
  }
}

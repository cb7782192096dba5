import type Docker from 'dockerode'
import type { Clock } from '../../../src/kernel/clock.ts'
import { openClient } from './client.ts'
import { type Discovery, discoverEngine, findKnownEngine, findNamedEngine, whyNone } from './discovery/discover.ts'
import type { EngineEndpoint } from './discovery/endpoint.ts'
import { thisMachine } from './discovery/machine.ts'
import { faults } from './faults.ts'
import { askEngine, type EngineReport } from './health.ts'
import { SharedRuns } from './shared-runs.ts'

export interface LinkOptions {
  readonly clock: Clock
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Only the engine there, instead of discovery. */
  readonly endpoint?: string
}

/** An engine that answered. It is the same object when it answers again after it was lost. */
export interface EngineAtHand {
  readonly endpoint: EngineEndpoint
  readonly docker: Docker
  /** Closes idle connections; others are opened when they are needed. */
  readonly close: () => void
}

/** The connection to an engine: made when it is first needed, and again after it was lost. */
export class EngineLink {
  readonly #options: LinkOptions
  readonly #opening = new SharedRuns<EngineAtHand>()
  #last: EngineAtHand | undefined
  #isLost = true
  /** Things of ours are there: what runs on one engine is not looked for on another. */
  #isKept = false
  #report: EngineReport | undefined

  constructor(options: LinkOptions) {
    this.#options = options
  }

  /** What the engine was when it was last asked. */
  get report(): EngineReport | undefined {
    return this.#report
  }

  /** The engine; a fault when none answers. */
  async open(signal: AbortSignal): Promise<EngineAtHand> {
    if (this.#last !== undefined && !this.#isLost) return this.#last
    return this.#opening.run('engine', signal, (shared) => this.#connect(shared))
  }

  /** Asks the engine what it is; rejects with a fault when none answers, or with what the SDK threw. */
  async ask(signal: AbortSignal): Promise<EngineReport> {
    const { docker, endpoint } = await this.open(signal)
    this.#report = await askEngine(docker, endpoint, signal)
    return this.#report
  }

  /** From now on only this engine will do. */
  keep(): void {
    this.#isKept = true
  }

  /** The engine does not answer any more: the next call looks again. */
  lost(engine: EngineAtHand): void {
    if (this.#last === engine) this.#isLost = true
    engine.close()
  }

  close(): void {
    this.#last?.close()
  }

  async #connect(signal: AbortSignal): Promise<EngineAtHand> {
    const { endpoint, tried } = await this.#discover(signal)
    if (endpoint === undefined) throw faults.away(whyNone(tried))
    const known = this.#last?.endpoint.url === endpoint.url ? this.#last : undefined
    const engine = known ?? { endpoint, ...(await openClient(endpoint, this.#options.environment)) }
    this.#report = await askEngine(engine.docker, endpoint, signal)
    this.#last = engine
    this.#isLost = false
    return engine
  }

  #discover(signal: AbortSignal): Promise<Discovery> {
    const { environment, clock, endpoint } = this.#options
    const machine = thisMachine(environment, clock)
    if (this.#isKept && this.#last !== undefined) return findKnownEngine(machine, this.#last.endpoint, signal)
    return endpoint === undefined ? discoverEngine(machine, signal) : findNamedEngine(machine, endpoint, signal)
  }
}

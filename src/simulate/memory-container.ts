import type { Clock } from '../kernel/clock.ts'
import { FaultError } from '../kernel/fault.ts'
import { after, type Instant, type Millis } from '../kernel/instant.ts'
import type { LogStream } from '../model/engine.ts'
import type { ContainerRole, ObservedContainer } from '../model/observed.ts'
import type { Script } from './scenario.ts'

export interface ContainerPorts {
  readonly clock: Clock
  readonly name: string
  readonly role: ContainerRole
  /** The scenario of the start that comes after so many. */
  readonly script: (restarts: number) => Script
  readonly say: (stream: LogStream, text: string) => void
  readonly changed: () => void
}

/** One container: its scenario as timers. */
export class MemoryContainer {
  readonly #ports: ContainerPorts
  #script: Script = {}
  #state: ObservedContainer['state'] = 'waiting'
  #since: Instant
  #startedAt: Instant | undefined
  #exit: { readonly code: number; readonly signal?: string } | undefined
  #restarts = 0
  #timers: Disposable[] = []
  readonly #endings = new Set<() => void>()

  constructor(ports: ContainerPorts) {
    this.#ports = ports
    this.#since = ports.clock.now()
  }

  get name(): string {
    return this.#ports.name
  }

  get role(): ContainerRole {
    return this.#ports.role
  }

  get state(): ObservedContainer['state'] {
    return this.#state
  }

  get script(): Script {
    return this.#script
  }

  get exitCode(): number | undefined {
    return this.#exit?.code
  }

  /** Since the last start; undefined while it does not run. */
  get ranMs(): Millis | undefined {
    return this.#state === 'running' && this.#startedAt !== undefined ? this.#ports.clock.now() - this.#startedAt : undefined
  }

  /** Takes as long as its scenario says, then it runs. Started before: this is a restart. */
  async start(signal: AbortSignal): Promise<void> {
    if (this.#startedAt !== undefined) this.#restarts++
    const script = this.#ports.script(this.#restarts)
    this.#script = script
    if (script.startMs !== undefined && script.startMs > 0) await this.#ports.clock.sleep(script.startMs, signal)
    signal.throwIfAborted()
    if (script.failsToStart !== undefined) throw new FaultError(script.failsToStart)
    this.#startedAt = this.#ports.clock.now()
    this.#exit = undefined
    this.#enter('running')
    for (const { afterMs, text, stream } of script.says ?? []) this.#later(afterMs, () => this.#ports.say(stream ?? 'out', text))
    const exits = script.exits ?? (this.role === 'init' ? { afterMs: 0, code: 0 } : 'never')
    if (exits !== 'never') this.#later(exits.afterMs, () => this.end(exits.code))
  }

  /** SIGTERM, then SIGKILL after the grace. Resolves when the container has ended. */
  async stop(graceMs: Millis, signal: AbortSignal): Promise<void> {
    if (this.#state !== 'running') return
    const { stopMs = 0, stopCode = 143 } = this.#script
    const kill = stopMs === 'never' || stopMs > graceMs
    const wait = kill ? graceMs : stopMs
    if (wait > 0) await this.#endWithin(wait, signal)
    if (this.#state !== 'running') return
    if (kill) this.end(137, 'SIGKILL')
    else this.end(stopCode, stopCode === 143 ? 'SIGTERM' : undefined)
  }

  /** Ends the container now, as if by itself or by a signal. */
  end(code: number, signal?: string): void {
    if (this.#state !== 'running') return
    for (const timer of this.#timers) timer[Symbol.dispose]()
    this.#timers = []
    this.#exit = signal === undefined ? { code } : { code, signal }
    this.#enter('exited')
    for (const ending of this.#endings) ending()
    this.#endings.clear()
  }

  /** Resolves at the end of the present run. */
  ended(): Promise<void> {
    return this.#state === 'running' ? new Promise((resolve) => this.#endings.add(resolve)) : Promise.resolve()
  }

  observe(): ObservedContainer {
    return {
      name: this.name,
      role: this.role,
      state: this.#state,
      since: this.#since,
      restarts: this.#restarts,
      ...(this.#startedAt === undefined ? {} : { startedAt: this.#startedAt }),
      ...(this.#exit === undefined ? {} : { exitCode: this.#exit.code }),
      ...(this.#exit?.signal === undefined ? {} : { signal: this.#exit.signal }),
    }
  }

  /** Resolves when the container has ended by itself or the time is over. */
  async #endWithin(wait: Millis, signal: AbortSignal): Promise<void> {
    const over = new AbortController()
    const sleeping = this.#ports.clock.sleep(wait, AbortSignal.any([signal, over.signal]))
    try {
      await Promise.race([sleeping, this.ended()])
    } finally {
      over.abort()
      sleeping.catch(() => {})
    }
  }

  #enter(state: ObservedContainer['state']): void {
    this.#state = state
    this.#since = this.#ports.clock.now()
    this.#ports.changed()
  }

  #later(afterMs: Millis, run: () => void): void {
    const { clock } = this.#ports
    if (afterMs <= 0) run()
    else this.#timers.push(clock.at(after(clock.now(), afterMs), run))
  }
}

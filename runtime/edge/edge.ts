import type { Clock } from '../../src/kernel/clock.ts'
import { unreachable } from '../../src/kernel/fault.ts'
import { after, type Millis } from '../../src/kernel/instant.ts'
import type { Logger } from '../../src/kernel/logger.ts'
import type { EdgeMessage, EdgeTable, ToEdge } from '../../src/model/edge.ts'
import { ClientSet } from './client-set.ts'
import type { EdgeContext, NameService } from './context.ts'
import { type Bindings, Listeners } from './listeners.ts'
import { OwnContext } from './own-context.ts'
import { ProbeSet } from './probes/probe-set.ts'
import { TableState } from './table-state.ts'
import type { TableStore } from './table-store.ts'

/** Counters are sent this often. Source: design, section 10. */
const COUNTERS_MS: Millis = 1000
/** Idle connections are looked at this often. */
const SWEEP_MS: Millis = 5000
/** What runs when the edge is told to stop has this long to finish, and this long when its environment is removed. */
const STOP_MS: Millis = 5000
const SHUTDOWN_MS: Millis = 500

export interface EdgeOptions {
  readonly clock: Clock
  readonly log: Logger
  /** Where the last table is kept; without it an edge begins empty. */
  readonly store?: TableStore
  /** A text unlike that of every other edge, for request and trace ids; it names this run of the edge. */
  readonly seed: string
  readonly pid: number
  /** Connections of clients at once; default: what the limit of open files allows. */
  readonly maxClients?: number
  /** Makes the resolver that follows the table; absent where names do not resolve. */
  readonly names?: (context: EdgeContext) => NameService
  /** The controller asked the edge to end, and it has. */
  readonly onShutdown?: () => void
}

/** One end of a control channel. */
export interface Controller {
  receive(message: ToEdge): void
  detach(): void
}

/** The data plane of one environment: serves its last table, whether somebody controls it or not. */
export interface Edge {
  /** Serves the table of last time, if there is one. */
  start(): Promise<void>
  /** What a controller is told when it connects. */
  hello(): EdgeMessage
  /** Takes orders from a new controller in place of the one before, and repeats to it what still holds. */
  attach(say: (message: EdgeMessage) => void): Controller
  /** Accepts nothing more, lets running requests finish, and ends. */
  stop(): Promise<void>
}

export function createEdge(options: EdgeOptions): Edge {
  return new EdgeProgram(options)
}

class EdgeProgram implements Edge {
  readonly #options: EdgeOptions
  readonly #state: TableState
  readonly #listeners: Listeners
  readonly #clients: ClientSet
  readonly #probes: ProbeSet
  readonly #names: NameService | undefined
  readonly #reporter: OwnContext['reporter']
  readonly #timers = new Map<string, Disposable>()
  #say: ((message: EdgeMessage) => void) | undefined
  #remembered: Readonly<Record<string, number>> = {}
  #work: Promise<void> = Promise.resolve()

  constructor(options: EdgeOptions) {
    this.#options = options
    const context = new OwnContext(options, (message) => this.#say?.(message))
    this.#reporter = context.reporter
    this.#probes = new ProbeSet(context, (replica) => this.#state.started(replica))
    this.#state = new TableState(context, {
      passes: (replica) => this.#probes.passes(replica),
      onDrained: (replica) => context.say({ type: 'drained', replica, version: this.#version }),
    })
    this.#names = options.names?.(context)
    this.#clients = new ClientSet(context, this.#state)
    this.#listeners = new Listeners(context, this.#state, {
      onConnection: (socket, listener) => this.#clients.add(socket, listener),
      onClosed: (listener) => this.#clients.closeOf(listener),
    })
  }

  get #version(): number {
    return this.#state.table?.version ?? 0
  }

  async start(): Promise<void> {
    const stored = await this.#options.store?.read()
    // A controller that was quicker gave a newer one.
    if (stored !== undefined && this.#state.table === undefined) {
      this.#remembered = stored.bound
      const { problems } = await this.#apply(stored.table)
      for (const problem of problems) this.#options.log.log('warn', problem.message, { listener: problem.listener })
    }
    this.#repeat('counters', COUNTERS_MS, () => this.#sayCounters())
    this.#repeat('sweep', SWEEP_MS, () => {
      this.#clients.sweep(this.#options.clock.now())
      this.#listeners.sweep(this.#options.clock.now())
      for (const backend of this.#state.backends) backend.sweep()
    })
  }

  hello(): EdgeMessage {
    return {
      type: 'hello',
      protocol: 1,
      pid: this.#options.pid,
      tableVersion: this.#version,
      bound: this.#listeners.bound,
      run: this.#options.seed,
    }
  }

  attach(say: (message: EdgeMessage) => void): Controller {
    this.#say = say
    this.#reporter.stop()
    this.#repeatAll()
    return {
      receive: (message) => {
        if (this.#say === say) this.#receive(message)
      },
      detach: () => {
        if (this.#say !== say) return
        this.#say = undefined
        this.#reporter.stop()
      },
    }
  }

  #repeatAll(): void {
    this.#state.repeatDrained()
    this.#probes.repeat()
    this.#sayDemand()
  }

  async stop(): Promise<void> {
    await this.#end(STOP_MS)
    await this.#work
  }

  async #end(limitMs: Millis): Promise<void> {
    this.#listeners.closeAll()
    this.#probes.apply([])
    this.#reporter.stop()
    await this.#clients.finish(this.#options.clock, limitMs)
    for (const timer of this.#timers.values()) timer[Symbol.dispose]()
    for (const backend of this.#state.backends) backend.closeIdle()
  }

  #receive(message: ToEdge): void {
    switch (message.type) {
      case 'ping':
        this.#say?.({ type: 'pong', id: message.id })
        return
      case 'greet':
        // Somebody new, who follows nothing yet.
        this.#reporter.stop()
        this.#say?.(this.hello())
        this.#repeatAll()
        return
      case 'table':
        this.#push(message.table)
        return
      case 'follow-requests':
        if (message.on) this.#reporter.follow(message.id, message.last)
        else this.#reporter.stop()
        return
      case 'report-every':
        this.#timers.get('counters')?.[Symbol.dispose]()
        this.#repeat('counters', message.ms, () => this.#sayCounters())
        return
      case 'shutdown':
        this.#enqueue(async () => {
          await this.#end(SHUTDOWN_MS)
          await this.#options.store?.remove()
          this.#options.onShutdown?.()
        })
        return
      default:
        unreachable(message)
    }
  }

  /** Requests see the table at once; the acknowledgement follows when its listeners are bound and it is on the disk. */
  #push(table: EdgeTable): void {
    this.#serve(table)
    this.#enqueue(async () => {
      const { bound, problems } = await this.#bind(table)
      await this.#options.store?.write({ table, bound }).catch((error: unknown) => {
        this.#options.log.log('warn', 'the table could not be kept', { error: String(error) })
      })
      this.#say?.({ type: 'ack', version: table.version, bound, problems })
    })
  }

  #apply(table: EdgeTable): Promise<Bindings> {
    this.#serve(table)
    return this.#bind(table)
  }

  #serve(table: EdgeTable): void {
    this.#probes.apply(table.probes)
    this.#state.apply(table)
    this.#names?.serve(table)
    this.#listeners.retarget(table.listeners)
  }

  async #bind(table: EdgeTable): Promise<Bindings> {
    const bindings = await this.#listeners.bind(table.listeners, this.#remembered)
    this.#remembered = { ...this.#remembered, ...bindings.bound }
    return bindings
  }

  #enqueue(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error: unknown) => {
      this.#options.log.log('error', 'a control message failed', {
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      })
    })
  }

  #sayCounters(): void {
    if (this.#say === undefined) return
    this.#sayDemand()
    const backends = [...this.#state.backends].map((backend) => backend.snapshot())
    this.#say({ type: 'counters', at: this.#options.clock.now(), backends })
  }

  #sayDemand(): void {
    for (const backend of this.#state.backends) {
      if (backend.held > 0) this.#say?.({ type: 'demand', backend: backend.spec.id, held: backend.held })
    }
  }

  #repeat(name: string, everyMs: Millis, run: () => void): void {
    const { clock } = this.#options
    const next = (): void => {
      this.#timers.set(
        name,
        clock.at(after(clock.now(), everyMs), () => {
          run()
          next()
        }),
      )
    }
    next()
  }
}

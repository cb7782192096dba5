import { sameValue } from '../kernel/canonical-json.ts'
import type { Clock } from '../kernel/clock.ts'
import { after, type Millis } from '../kernel/instant.ts'
import type { Logger } from '../kernel/logger.ts'
import { withTimeLimit } from '../kernel/time-limit.ts'
import type { BackendCounters, EdgeListener, EdgeMessage, EdgeTable } from '../model/edge.ts'
import type { EdgeChannel, EdgeHost, Owner } from '../model/engine.ts'
import type { ReplicaId } from '../model/names.ts'
import { RequestFeed } from './request-feed.ts'

type Hello = Extract<EdgeMessage, { type: 'hello' }>

export interface EdgeLinkPorts {
  readonly host: EdgeHost
  readonly owner: Owner
  readonly clock: Clock
  readonly logger: Logger
  /** Messages that concern the control core. */
  readonly received: (message: EdgeMessage) => void
  readonly attached: (bound: Readonly<Record<string, number>>, handle: string | undefined) => void
  readonly away: (detail: string) => void
  /** Adds what no state may contain, such as keys, when a table is sent. */
  readonly complete?: (table: Omit<EdgeTable, 'version'>) => Omit<EdgeTable, 'version'>
  /** Hides values of secrets. */
  readonly shade: (text: string) => string
  /** How often counters are wanted. */
  readonly reportEveryMs: Millis
}

/** What an edge does unprompted. */
const DEFAULT_REPORT_MS: Millis = 1000
/** Pause before the next try to reach an edge that went away. */
const REATTACH_MS: Millis = 200
/** An edge that has not said hello by then counts as absent. */
const ATTACH_MS: Millis = 15_000

/**
 * The daemon's end of the control channel: numbers tables, waits for acknowledgements, and attaches again when the edge
 * comes back. Knows nothing about what is in a table.
 */
export class EdgeLink {
  /** What the edge tells of requests. */
  readonly requests: RequestFeed
  readonly #ports: EdgeLinkPorts
  #channel: EdgeChannel | undefined
  #attaching: Promise<void> | undefined
  #closed = false
  #version = 0
  /** As it was pushed. */
  #plain: Omit<EdgeTable, 'version'> | undefined
  /** As it was sent. */
  #table: EdgeTable | undefined
  #acknowledged = 0
  /** The last version in which a listener went to another address: it is not where it was until that is acknowledged. */
  #moved = 0
  /** Listeners that the edge had in its last acknowledgement. */
  #bound: ReadonlySet<string> = new Set()
  #counters: readonly BackendCounters[] = []
  readonly #drained = new Set<ReplicaId>()
  readonly #waiters = new Set<() => void>()

  constructor(ports: EdgeLinkPorts) {
    this.#ports = ports
    const { clock, shade } = ports
    this.requests = new RequestFeed({ clock, shade, tell: (message) => this.#channel?.send(message) })
  }

  get version(): number {
    return this.#version
  }

  get counters(): readonly BackendCounters[] {
    return this.#counters
  }

  get attached(): boolean {
    return this.#channel !== undefined
  }

  /** Starts the edge where it is absent and opens the channel. Repeatable. */
  attach(signal: AbortSignal): Promise<void> {
    if (this.#channel !== undefined) return Promise.resolve()
    this.#closed = false
    this.#attaching ??= this.#open(signal).finally(() => {
      this.#attaching = undefined
    })
    return this.#attaching
  }

  /** Takes over an edge that an earlier daemon left. */
  async adopt(): Promise<void> {
    const { clock, logger } = this.#ports
    await withTimeLimit(clock, ATTACH_MS, (signal) => this.attach(signal)).catch((error: unknown) =>
      logger.log('warn', 'the edge cannot be adopted', { reason: String(error) }),
    )
  }

  async #open(signal: AbortSignal): Promise<void> {
    const { host, owner } = this.#ports
    const channel = await host.attach(owner, signal, this.#table)
    const hangUp = (): void => channel.close()
    signal.addEventListener('abort', hangUp, { once: true })
    try {
      const iterator = channel.messages[Symbol.asyncIterator]()
      const hello = await greeting(iterator, signal)
      this.#begin(channel, hello, await host.describe(owner, signal))
      void this.#receive(channel, iterator)
    } catch (error) {
      channel.close()
      throw error
    } finally {
      signal.removeEventListener('abort', hangUp)
    }
  }

  #begin(channel: EdgeChannel, hello: Hello, handle: string | undefined): void {
    this.#channel = channel
    this.#version = Math.max(this.#version, hello.tableVersion)
    this.#acknowledged = 0
    this.#bound = new Set()
    this.#drained.clear()
    this.#ports.attached(hello.bound, handle)
    this.requests.attached(hello.run)
    const { reportEveryMs } = this.#ports
    if (reportEveryMs !== DEFAULT_REPORT_MS) channel.send({ type: 'report-every', ms: reportEveryMs })
    if (this.#plain !== undefined) this.push(this.#plain)
  }

  async #receive(channel: EdgeChannel, iterator: AsyncIterator<EdgeMessage>): Promise<void> {
    let detail = 'the control channel ended'
    try {
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) this.#handle(next.value)
    } catch (error) {
      detail = error instanceof Error ? error.message : String(error)
    }
    if (this.#channel !== channel) return
    this.#channel = undefined
    this.#wakeWaiters()
    if (this.#closed) return
    this.requests.away()
    this.#ports.away(detail)
    await this.#reattach()
  }

  async #reattach(): Promise<void> {
    const { clock, logger } = this.#ports
    while (!this.#closed && this.#channel === undefined) {
      try {
        await withTimeLimit(clock, ATTACH_MS, (signal) => this.attach(signal))
        return
      } catch (error) {
        logger.log('warn', 'the edge cannot be reached', { reason: error instanceof Error ? error.message : String(error) })
        await clock.sleep(REATTACH_MS)
      }
    }
  }

  #handle(message: EdgeMessage): void {
    switch (message.type) {
      case 'ack':
        this.#acknowledged = Math.max(this.#acknowledged, message.version)
        this.#bound = new Set(Object.keys(message.bound))
        break
      case 'drained':
        this.#drained.add(message.replica)
        break
      case 'counters':
        this.#counters = message.backends
        break
      case 'requests':
        this.requests.told(message)
        return
      default:
        break
    }
    this.#ports.received(message)
    this.#wakeWaiters()
  }

  #wakeWaiters(): void {
    for (const wake of [...this.#waiters]) wake()
  }

  /** Sends a table under the next version; kept and sent again to an edge that comes back. */
  push(table: Omit<EdgeTable, 'version'>): number {
    this.#version++
    if (hasMoved(this.#table?.listeners ?? [], table.listeners)) this.#moved = this.#version
    this.#plain = table
    this.#table = { ...this.#complete(table), version: this.#version }
    for (const { replicas } of table.backends) for (const { id } of replicas) this.#drained.delete(id)
    this.#channel?.send({ type: 'table', table: this.#table })
    return this.#version
  }

  /** Sends the last table again when what completes it has changed. */
  refresh(): void {
    const plain = this.#plain
    if (plain === undefined || this.#table === undefined) return
    const { version: _version, ...sent } = this.#table
    if (!sameValue(sent, this.#complete(plain))) this.push(plain)
  }

  #complete(table: Omit<EdgeTable, 'version'>): Omit<EdgeTable, 'version'> {
    return this.#ports.complete?.(table) ?? table
  }

  /** Resolves once the edge serves by the latest table (or a later one). */
  acknowledged(signal: AbortSignal): Promise<void> {
    const version = this.#version
    return this.#until(() => this.#channel !== undefined && this.#acknowledged >= version, signal)
  }

  /** Resolves once the edge listens at all addresses of the latest table: at once where it has done so for an earlier one. */
  async listening(signal: AbortSignal): Promise<void> {
    const isBound = this.#table?.listeners.every(({ id }) => this.#bound.has(id)) === true
    if (this.#channel === undefined || !isBound || this.#acknowledged < this.#moved) await this.acknowledged(signal)
  }

  /** Resolves once nothing of the replica is in flight, or when the time is over; true when it drained. */
  async drained(replica: ReplicaId, grace: Millis, signal: AbortSignal): Promise<boolean> {
    const over = new AbortController()
    const timer = this.#ports.clock.at(after(this.#ports.clock.now(), grace), () => over.abort())
    const either = AbortSignal.any([signal, over.signal])
    try {
      await this.#until(() => this.#drained.has(replica), either)
      return true
    } catch (error) {
      if (signal.aborted) throw error
      return false
    } finally {
      timer[Symbol.dispose]()
    }
  }

  /** The replica is gone; another one may get its name. */
  forget(replica: ReplicaId): void {
    this.#drained.delete(replica)
  }

  #until(condition: () => boolean, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        if (!condition()) return
        stop()
        resolve()
      }
      const abort = (): void => {
        stop()
        reject(signal.reason)
      }
      const stop = (): void => {
        this.#waiters.delete(check)
        signal.removeEventListener('abort', abort)
      }
      if (signal.aborted) return reject(signal.reason)
      this.#waiters.add(check)
      signal.addEventListener('abort', abort, { once: true })
      check()
    })
  }

  /** Lets go of the edge; it keeps serving. */
  close(): void {
    this.#closed = true
    this.#channel?.close()
    this.#channel = undefined
    this.#wakeWaiters()
  }

  /** Forgets everything after the edge was removed with its environment. */
  reset(): void {
    this.close()
    this.#plain = undefined
    this.requests.away()
    this.#table = undefined
    this.#acknowledged = 0
    this.#counters = []
    this.#drained.clear()
  }
}

function hasMoved(before: readonly EdgeListener[], after: readonly EdgeListener[]): boolean {
  const hosts = new Map(before.map(({ id, host }) => [id, host]))
  return after.some(({ id, host }) => hosts.has(id) && hosts.get(id) !== host)
}

/** The first message of an edge. */
async function greeting(messages: AsyncIterator<EdgeMessage>, signal: AbortSignal): Promise<Hello> {
  const first = await messages.next()
  signal.throwIfAborted()
  if (first.done !== true && first.value.type === 'hello') return first.value
  throw new Error('the edge closed its control channel before saying hello')
}

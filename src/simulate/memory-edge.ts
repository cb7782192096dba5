import type { Clock } from '../kernel/clock.ts'
import { after, type Millis } from '../kernel/instant.ts'
import type { BackendId, EdgeListener, EdgeMessage, EdgeTable, StartingReplica, ToEdge } from '../model/edge.ts'
import type { EdgeChannel } from '../model/engine.ts'
import type { ReplicaId, RevisionId } from '../model/names.ts'
import { matchRoute } from '../routing/match.ts'
import { NameBook } from '../routing/names.ts'
import { pickShare } from '../routing/split.ts'
import { Mailbox } from './mailbox.ts'
import { MemoryProbes } from './memory-probes.ts'
import type { MemoryReplica } from './memory-replica.ts'
import { type Answer, MemoryBackend } from './memory-requests.ts'

export interface EdgePorts {
  readonly clock: Clock
  readonly find: (replica: ReplicaId) => MemoryReplica | undefined
  /** The control core asked the edge to end. */
  readonly ended: () => void
}

/** Where a scenario's request goes: straight to a backend, to a listener's address, or through the routes. */
export type RequestTarget =
  | { readonly backend: BackendId }
  | { readonly address: string; readonly port: number }
  | { readonly host: string; readonly path: string }

interface Place {
  readonly backend: BackendId
  readonly revision?: RevisionId
  readonly holdMs?: Millis
}

export interface RequestOptions {
  readonly signal?: AbortSignal
}

/** Ports of listeners that ask for any. */
const FIRST_PORT = 20_000

const COUNTERS_EVERY_MS: Millis = 1000

/** The edge of one environment, in process: the protocol and the gate of the real one, requests as promises. */
export class MemoryEdge {
  readonly #ports: EdgePorts
  readonly #backends = new Map<BackendId, MemoryBackend>()
  readonly #probes: MemoryProbes
  readonly #carrying = new Map<ReplicaId, number>()
  readonly #draining = new Set<ReplicaId>()
  readonly #unknown = new Set<string>()
  #names = new NameBook([])
  #table: EdgeTable | undefined
  #bound: Record<string, number> = {}
  #channel: Mailbox<EdgeMessage> | undefined
  #nextPort = FIRST_PORT
  #turn = 0
  #report: Disposable | undefined

  constructor(ports: EdgePorts) {
    this.#ports = ports
    this.#probes = new MemoryProbes({
      clock: ports.clock,
      find: ports.find,
      send: (message) => this.#send(message),
      onPass: (replica) => {
        for (const backend of this.#backends.values()) backend.started(replica)
      },
    })
  }

  get table(): EdgeTable | undefined {
    return this.#table
  }

  /** The newest attach is the control core; an older channel ends. */
  attach(): EdgeChannel {
    this.#channel?.close()
    const box = new Mailbox<EdgeMessage>()
    this.#channel = box
    this.#greet()
    return { messages: box, send: (message) => this.#receive(box, message), close: () => box.close() }
  }

  /** The channel breaks; the edge keeps serving its last table. */
  disconnect(): void {
    this.#channel?.close()
  }

  async request(target: RequestTarget, options: RequestOptions = {}): Promise<Answer> {
    const place = this.#placeOf(target)
    if (place !== undefined && 'status' in place) return place
    const backend = place === undefined ? undefined : this.#backends.get(place.backend)
    if (place === undefined || backend === undefined) return { status: 404, waitedMs: 0, detail: 'no route' }
    this.#reportLater()
    return backend.request({ ...place, ...options })
  }

  /** Addresses of a name by the table, undefined where it does not exist; as the real resolver, it tells of a service that somebody looks for in vain. */
  lookUp(name: string, client: string): readonly string[] | undefined {
    const answer = this.#names.find(name)
    if (answer.kind === 'unknown' && answer.asked && !this.#unknown.has(name)) {
      this.#unknown.add(name)
      this.#send({ type: 'unknown-name', name, client })
    }
    return answer.kind === 'known' ? answer.addresses : undefined
  }

  close(): void {
    this.#report?.[Symbol.dispose]()
    this.#probes.close()
    for (const backend of this.#backends.values()) backend.close()
    this.#backends.clear()
    this.#channel?.close()
  }

  #receive(from: Mailbox<EdgeMessage>, message: ToEdge): void {
    if (from !== this.#channel || !from.open) return
    if (message.type === 'ping') this.#send({ type: 'pong', id: message.id })
    else if (message.type === 'shutdown') this.#ports.ended()
    else if (message.type === 'greet') this.#greet()
    else if (message.type === 'table') this.#serve(message.table)
  }

  #greet(): void {
    this.#probes.repeat()
    this.#send({ type: 'hello', protocol: 1, pid: 1, tableVersion: this.#table?.version ?? 0, bound: this.#bound })
  }

  #serve(table: EdgeTable): void {
    if (this.#table !== undefined && table.version <= this.#table.version) return
    this.#names = new NameBook(table.names)
    this.#unknown.clear()
    const busy = [...this.#carrying].flatMap(([id, count]) => (count > 0 ? [id] : []))
    const served = new Set([...busy, ...replicasOf(this.#table)])
    this.#table = table
    const problems = this.#listen(table.listeners)
    this.#probes.update(table.probes)
    const ids = new Set(table.backends.map(({ id }) => id))
    for (const [id, backend] of this.#backends) {
      if (ids.has(id)) continue
      this.#backends.delete(id)
      backend.close()
    }
    for (const backend of table.backends) {
      const known = this.#backends.get(backend.id)
      if (known !== undefined) known.update(backend)
      else this.#backends.set(backend.id, this.#backend(backend))
    }
    this.#send({ type: 'ack', version: table.version, bound: this.#bound, problems })
    const ready = new Set(table.backends.flatMap(({ replicas, starting }) => [...replicas, ...starting].map(({ id }) => id)))
    this.#draining.clear()
    for (const id of [...served, ...replicasOf(table)]) if (!ready.has(id)) this.#draining.add(id)
    for (const id of this.#draining) this.#reportDrained(id)
  }

  #listen(listeners: readonly EdgeListener[]): readonly { readonly listener: string; readonly message: string }[] {
    const problems: { listener: string; message: string }[] = []
    const bound: Record<string, number> = {}
    const takenAt = new Map<string, Set<number>>()
    for (const { id, host, port, taken: otherwise } of listeners) {
      const taken = takenAt.get(host) ?? new Set()
      takenAt.set(host, taken)
      const wanted = port === 0 ? (this.#bound[id] ?? this.#nextPort++) : port
      if (!taken.has(wanted)) bound[id] = wanted
      else if (otherwise === 'fail') problems.push({ listener: id, message: `port ${wanted} is taken` })
      else bound[id] = otherwise === 'any' ? this.#nextPort++ : nextFree(wanted, taken)
      if (bound[id] !== undefined) taken.add(bound[id])
    }
    this.#bound = bound
    return problems
  }

  #backend(backend: EdgeTable['backends'][number]): MemoryBackend {
    const { clock, find } = this.#ports
    const carried = (replica: ReplicaId, change: 1 | -1): void => {
      this.#carrying.set(replica, (this.#carrying.get(replica) ?? 0) + change)
      if (change < 0) this.#reportDrained(replica)
    }
    const passes = (replica: StartingReplica): boolean => this.#probes.passes(replica)
    return new MemoryBackend(backend, { clock, find, carried, passes, send: (message) => this.#send(message) })
  }

  #reportDrained(replica: ReplicaId): void {
    if (!this.#draining.has(replica) || (this.#carrying.get(replica) ?? 0) > 0 || this.#table === undefined) return
    this.#draining.delete(replica)
    this.#send({ type: 'drained', replica, version: this.#table.version })
  }

  #placeOf(target: RequestTarget): Place | Answer | undefined {
    if ('backend' in target) return { backend: target.backend }
    if ('host' in target) return this.#route(target.host, target.path)
    const listener = this.#table?.listeners.find(({ id, host }) => host === target.address && this.#bound[id] === target.port)
    return listener?.serve.by === 'backend' ? { backend: listener.serve.backend } : undefined
  }

  #route(host: string, path: string): Place | Answer | undefined {
    const route = matchRoute(this.#table?.routes ?? [], host.toLowerCase(), path)
    if (route?.redirect !== undefined) return { status: route.redirect.status, waitedMs: 0, detail: 'redirect' }
    const target = route === undefined ? undefined : pickShare(route.targets, this.#turn++)
    if (route === undefined || target === undefined) return undefined
    const { backend, revision, holdMs = route.holdMs } = target
    return { backend, holdMs, ...(revision === undefined ? {} : { revision }) }
  }

  /** Counters are sent while something happens, so that a virtual clock comes to rest when nothing does. */
  #reportLater(): void {
    const { clock } = this.#ports
    this.#report ??= clock.at(after(clock.now(), COUNTERS_EVERY_MS), () => {
      this.#report = undefined
      const backends = [...this.#backends.values()].map((backend) => backend.counters())
      this.#send({ type: 'counters', at: clock.now(), backends })
      if (backends.some(({ inFlight, held }) => inFlight + held > 0)) this.#reportLater()
    })
  }

  #send(message: EdgeMessage): void {
    this.#channel?.push(message)
  }
}

function replicasOf(table: EdgeTable | undefined): readonly ReplicaId[] {
  return (table?.backends ?? []).flatMap(({ replicas, starting, draining }) => [...replicas, ...starting, ...draining].map(({ id }) => id))
}

function nextFree(port: number, taken: ReadonlySet<number>): number {
  let free = port
  while (taken.has(free)) free++
  return free
}

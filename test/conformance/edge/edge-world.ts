import { createEdge, type Edge, type EdgeOptions } from '../../../runtime/edge/edge.ts'
import { SystemClock } from '../../../runtime/edge/system-clock.ts'
import { silentLogger } from '../../../src/kernel/logger.ts'
import type {
  EdgeBackend,
  EdgeListener,
  EdgeMessage,
  EdgeProbe,
  EdgeReplica,
  EdgeTable,
  GatePolicy,
  ToEdge,
} from '../../../src/model/edge.ts'
import { backendId } from '../../../src/model/edge.ts'
import { type ComponentKey, componentKey, DEFAULT_NAMESPACE, type ReplicaId, type RevisionId } from '../../../src/model/names.ts'
import { eventually } from '../../kit/eventually.ts'

export const starting: GatePolicy = { mode: 'hold', reason: 'web is starting' }
export const stopped: GatePolicy = { mode: 'refuse', status: 503, code: 'MP6003', reason: 'web is stopped', retryAfterMs: 3000 }

export function aReplica(name: string, port: number): EdgeReplica {
  const dot = name.lastIndexOf('.')
  return { id: name as ReplicaId, revision: name.slice(0, dot) as RevisionId, host: '127.0.0.1', port }
}

export const webListener: EdgeListener = { id: 'web', host: '127.0.0.1', port: 0, taken: 'next', serve: { by: 'routes' } }

export function serviceListenerOf(component: string, port = 80): EdgeListener {
  const backend = backendId(componentKey(DEFAULT_NAMESPACE, component), port)
  return { id: `service/${component}.default:${port}`, host: '127.0.0.1', port: 0, taken: 'any', serve: { by: 'backend', backend } }
}

export function aBackend(component: string, changes: Partial<EdgeBackend> = {}): EdgeBackend {
  const key = component as ComponentKey
  return {
    id: backendId(key, 80),
    component: key,
    app: 'shop',
    replicas: [],
    starting: [],
    draining: [],
    gate: starting,
    maxHeld: 100,
    holdMs: 10_000,
    ...changes,
  }
}

/** A table in which every path leads to the only backend, unless said otherwise. */
export function aTable(changes: Partial<EdgeTable> & Pick<EdgeTable, 'backends'>): EdgeTable {
  const [first] = changes.backends
  return {
    version: 1,
    environment: 'test',
    listeners: [webListener],
    routes: first === undefined ? [] : [{ path: '/', pathType: 'prefix', targets: [{ backend: first.id, upTo: 1 }], holdMs: 10_000 }],
    probes: [],
    names: [],
    ...changes,
  }
}

export function aProbe(port: number, action: EdgeProbe['action'], changes: Partial<EdgeProbe> = {}): EdgeProbe {
  const replica = 'web--a.0' as ReplicaId
  const times = { delayMs: 0, everyMs: 20, timeoutMs: 500, successes: 1, failures: 3 }
  return { replica, container: 'web', kind: 'ready', action, host: '127.0.0.1', port, epoch: 1, ...times, ...changes }
}

type MessageOf<T extends EdgeMessage['type']> = Extract<EdgeMessage, { type: T }>

/** An edge in this process with a controller that remembers what it was told. */
export class EdgeWorld implements AsyncDisposable {
  readonly messages: EdgeMessage[] = []
  readonly edge: Edge
  readonly #send: (message: ToEdge) => void
  readonly started: Promise<void>
  #version = 0
  #bound: Readonly<Record<string, number>> = {}

  constructor(options: Partial<EdgeOptions> = {}) {
    this.edge = createEdge({ clock: new SystemClock(), log: silentLogger, seed: 'test', pid: 1, ...options })
    this.started = this.edge.start()
    const controller = this.edge.attach((message) => this.messages.push(message))
    this.#send = (message) => controller.receive(message)
  }

  static async with(...backends: readonly EdgeBackend[]): Promise<EdgeWorld> {
    const world = new EdgeWorld()
    await world.push(aTable({ backends }))
    return world
  }

  /** Sends a table under the next version and waits until it is acknowledged. */
  async push(table: EdgeTable): Promise<MessageOf<'ack'>> {
    const version = this.pushOnly(table)
    const ack = await eventually(() => this.all('ack').find((message) => message.version === version))
    this.#bound = ack.bound
    return ack
  }

  pushOnly(table: EdgeTable): number {
    this.#version++
    this.#send({ type: 'table', table: { ...table, version: this.#version } })
    return this.#version
  }

  /** The same backends with other contents. */
  async change(...backends: readonly EdgeBackend[]): Promise<MessageOf<'ack'>> {
    return this.push(aTable({ backends }))
  }

  send(message: ToEdge): void {
    this.#send(message)
  }

  port(listener = 'web'): number {
    const port = this.#bound[listener]
    if (port === undefined) throw new Error(`${listener} is not bound`)
    return port
  }

  url(path = '/'): string {
    return `http://127.0.0.1:${this.port()}${path}`
  }

  all<T extends EdgeMessage['type']>(type: T): readonly MessageOf<T>[] {
    return this.messages.filter((message): message is MessageOf<T> => message.type === type)
  }

  /** Requests that wait at this moment, as the held events tell. */
  get held(): number {
    return this.all('held').reduce((count, message) => count + (message.event === 'held' ? 1 : -1) * (message.count ?? 1), 0)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.started
    await this.edge.stop()
  }
}

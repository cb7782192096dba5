import type { Code } from '../kernel/diagnostic.ts'
import {
  type BackendId,
  backendId,
  DEFAULT_MAX_HELD,
  type EdgeBackend,
  type EdgeReplica,
  type EdgeTarget,
  type GatePolicy,
} from '../model/edge.ts'
import type { ComponentKey } from '../model/names.ts'
import { DEFAULT_HOLD_MS } from '../model/route.ts'
import type { TableComponent, TableReplica } from './table-input.ts'

/** Collects the backends that routes and listeners refer to; each exists once, in order of first use. */
export class BackendSet {
  readonly #components: ReadonlyMap<ComponentKey, TableComponent>
  readonly #backends = new Map<BackendId, EdgeBackend>()

  constructor(components: readonly TableComponent[]) {
    this.#components = new Map(components.map((component) => [component.key, component]))
  }

  component(key: ComponentKey): TableComponent | undefined {
    return this.#components.get(key)
  }

  /** A target of a route: the backend, and the component's own hold time. */
  target(component: TableComponent, port: number): Pick<EdgeTarget, 'backend' | 'holdMs'> {
    const holdMs = component.limits?.holdMs
    return { backend: this.use(component, port), ...(holdMs === undefined ? {} : { holdMs }) }
  }

  use(component: TableComponent, port: number): BackendId {
    const id = backendId(component.key, port)
    if (!this.#backends.has(id)) this.#backends.set(id, backendOf(id, component, port))
    return id
  }

  /** A backend that nothing can serve: it answers with the reason, so that a wrong reference is seen where it is called. */
  useMissing(name: string, port: number, refusal: { readonly code: Code; readonly reason: string }): BackendId {
    const id = backendId(`missing/${name}` as ComponentKey, port)
    const gate: GatePolicy = { mode: 'refuse', status: 503, ...refusal }
    this.#backends.set(id, {
      id,
      component: name as ComponentKey,
      app: '',
      replicas: [],
      starting: [],
      draining: [],
      gate,
      maxHeld: DEFAULT_MAX_HELD,
      holdMs: DEFAULT_HOLD_MS,
    })
    return id
  }

  list(): readonly EdgeBackend[] {
    return [...this.#backends.values()]
  }
}

function backendOf(id: BackendId, component: TableComponent, port: number): EdgeBackend {
  const ready = component.replicas.filter((replica) => replica.state === 'ready')
  const draining = component.replicas.filter((replica) => replica.state === 'draining')
  const replicas = ready.flatMap((replica) => replicaAt(replica, port))
  return {
    id,
    component: component.key,
    app: component.app,
    replicas,
    starting: component.replicas.flatMap((replica) =>
      replica.state === 'starting' ? replicaAt(replica, port).map((at) => ({ ...at, awaits: replica.awaits })) : [],
    ),
    draining: draining.flatMap((replica) => replicaAt(replica, port)),
    gate: ready.length > 0 && replicas.length === 0 ? noSuchPort(component, port) : component.gate,
    ...(component.balance === undefined ? {} : { balance: component.balance }),
    maxHeld: component.limits?.maxHeld ?? DEFAULT_MAX_HELD,
    holdMs: component.limits?.holdMs ?? DEFAULT_HOLD_MS,
  }
}

function replicaAt(replica: TableReplica, port: number): readonly EdgeReplica[] {
  const endpoint = replica.endpoints.get(port)
  if (endpoint === undefined) return []
  return [{ id: replica.id, revision: replica.revision, host: endpoint.host, port: endpoint.port }]
}

/** Ready replicas exist, but the port leads nowhere: waiting would not help. */
function noSuchPort(component: TableComponent, port: number): GatePolicy {
  return { mode: 'refuse', status: 503, code: 'MP6004', reason: `${component.key} has no port ${port} (declared: ${portsOf(component)})` }
}

export function portsOf(component: TableComponent): string {
  return component.ports.map((port) => port.number).join(', ') || 'none'
}

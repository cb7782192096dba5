import type { BackendId, EdgeBackend, EdgeTable, StartingReplica } from '../../src/model/edge.ts'
import type { FieldLookup, RoutedRequest } from '../../src/routing/conditions.ts'
import { hostName, pathOf, RouteIndex } from '../../src/routing/match.ts'
import { type Answer, Backend } from './backend.ts'
import type { EdgeContext } from './context.ts'
import type { Destination } from './destination.ts'
import { FaultSet } from './fault-stage.ts'
import { fieldValue } from './http/fields.ts'
import type { RequestHead } from './http/request-head.ts'
import { ReplicaLoad } from './replica-load.ts'
import { type RouteShare, redirected, type ServedRoute, served, Turns } from './served-route.ts'
import { redirectToHttps } from './tls/redirect.ts'

type ReplicaId = StartingReplica['id']

export interface TableHooks {
  /** Whether a replica that was to start has passed its probe. */
  readonly passes: (replica: StartingReplica) => boolean
  /** Nothing of a draining replica is in flight. */
  readonly onDrained: (replica: ReplicaId) => void
}

/** The table in force and everything that lives longer than one table: gates, pools, counters, turns of split routes. */
export class TableState {
  readonly #context: EdgeContext
  readonly #hooks: TableHooks
  readonly #loads = new Map<ReplicaId, ReplicaLoad>()
  readonly #backends = new Map<BackendId, Backend>()
  readonly #turns = new Turns()
  #index = new RouteIndex<ServedRoute>([], served)
  #table: EdgeTable | undefined
  readonly #faults: FaultSet
  /** The last Host field with the name that routes know it by: most requests ask the host of the one before. */
  #lastHost = { field: '', name: '' }

  constructor(context: EdgeContext, hooks: TableHooks) {
    this.#context = context
    this.#hooks = hooks
    this.#faults = new FaultSet(context)
  }

  get table(): EdgeTable | undefined {
    return this.#table
  }

  get backends(): Iterable<Backend> {
    return this.#backends.values()
  }

  backend(id: BackendId): Backend | undefined {
    return this.#backends.get(id)
  }

  /** One turn of the event loop: a request sees the table before or the table after, never a mixture. */
  apply(table: EdgeTable): void {
    this.#table = table
    this.#index = new RouteIndex(table.routes, served)
    const draining = new Set(table.backends.flatMap((backend) => backend.draining.map((replica) => replica.id)))
    const ready = new Set(table.backends.flatMap(({ replicas, starting }) => [...replicas, ...starting].map((replica) => replica.id)))
    // A replica that no backend has any more, because its component or port went, has requests to finish as well.
    for (const load of this.#loads.values()) load.draining = !ready.has(load.id)
    for (const spec of table.backends) this.#update(spec)
    const wanted = new Set(table.backends.map((backend) => backend.id))
    for (const [id, backend] of this.#backends) {
      if (wanted.has(id)) continue
      this.#backends.delete(id)
      backend.retire()
    }
    for (const id of draining) if (!ready.has(id)) this.#loadOf(id).draining = true
    this.#faults.apply(table, this.#backends)
    for (const backend of this.#backends.values()) backend.settle()
    this.#turns.keep(table.routes)
    this.sayDrained()
    for (const [id, load] of this.#loads) if (!draining.has(id) && !ready.has(id) && load.inFlight === 0) this.#loads.delete(id)
  }

  /** A probe of the replica passed: requests that wait for it go on. */
  started(replica: ReplicaId): void {
    for (const backend of this.#backends.values()) if (backend.spec.starting.some(({ id }) => id === replica)) backend.settle()
  }

  /** Tells of every draining replica that has nothing in flight, once per table version. */
  sayDrained(): void {
    for (const load of this.#loads.values()) this.#checkDrained(load)
  }

  /** The same again for a controller that has just come. */
  repeatDrained(): void {
    for (const load of this.#loads.values()) load.saidFor = -1
    this.sayDrained()
  }

  /** Where an HTTP/1 request goes, with the head that the replica is sent. */
  route(head: RequestHead, scheme: 'http' | 'https'): Destination | Answer {
    const chosen = this.choose(head, fieldValue, scheme)
    if (!('backend' in chosen) || chosen.effects === undefined) return chosen
    return { ...chosen, head: chosen.effects.requestHead(head) }
  }

  /** The same for any protocol: what the route changes is left to the caller. */
  choose<R extends RoutedRequest>(request: R, lookup: FieldLookup<R>, scheme: 'http' | 'https' = 'http'): Destination | Answer {
    const host = this.#nameOf(request.host)
    const path = pathOf(request.target)
    const found = this.#index.find(host, path, request, lookup)
    if (found === undefined) return this.#noRoute(host, path)
    const { route, effects } = found
    if (route.httpsPort !== undefined && scheme === 'http') return redirectToHttps(host, request.target, route.httpsPort)
    if (route.redirect !== undefined) return redirected(found, route.redirect, { scheme, host: request.host, target: request.target })
    const prefer = effects?.preferred(request, lookup)
    const target = route.targets.length === 1 ? route.targets[0] : this.#share(found, prefer)
    const backend = target === undefined ? undefined : this.#backends.get(target.backend)
    if (target === undefined || backend === undefined) return this.#noRoute(host, path)
    return { backend, holdMs: target.holdMs ?? route.holdMs, revision: target.revision, effects, prefer, head: undefined }
  }

  #nameOf(field: string): string {
    if (field !== this.#lastHost.field) this.#lastHost = { field, name: hostName(field) }
    return this.#lastHost.name
  }

  #noRoute(host: string, path: string): Answer {
    if (this.#index.knows(host)) return { status: 404, reason: `no route for path ${path} of host ${host}` }
    const hint = 'component addresses have the form <component>.<application>.localhost'
    return { status: 404, reason: host === '' ? `no route without a host; ${hint}` : `no route for host ${host}; ${hint}` }
  }

  /** The target of the preferred replica takes no turn: shares are those of clients without one. */
  #share(found: ServedRoute, prefer: string | undefined): RouteShare | undefined {
    const bound = prefer === undefined ? undefined : found.route.targets.find((target) => this.#serves(target, prefer))
    return bound ?? this.#turns.next(found)
  }

  #serves({ backend, revision }: RouteShare, mark: string): boolean {
    return this.#backends.get(backend)?.serves(mark, revision) === true
  }

  #update(spec: EdgeBackend): void {
    const backend = this.#backends.get(spec.id)
    if (backend !== undefined) {
      backend.update(spec)
      return
    }
    const created = new Backend(spec, this.#context, { loadOf: (id) => this.#loadOf(id), passes: this.#hooks.passes })
    created.update(spec)
    this.#backends.set(spec.id, created)
  }

  #loadOf(id: ReplicaId): ReplicaLoad {
    let load = this.#loads.get(id)
    if (load === undefined) {
      load = new ReplicaLoad(id, (idle) => this.#checkDrained(idle))
      this.#loads.set(id, load)
    }
    return load
  }

  #checkDrained(load: ReplicaLoad): void {
    const version = this.#table?.version ?? 0
    if (!load.draining || load.inFlight > 0 || load.saidFor === version) return
    load.saidFor = version
    this.#hooks.onDrained(load.id)
  }
}

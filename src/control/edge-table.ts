import { type Instant, sameValue } from '../kernel/index.ts'
import type { ComponentKey, DesiredRevision, EdgeProbe, ObservedReplica } from '../model/index.ts'
import { compileTable } from '../routing/compile.ts'
import type { CompiledTable, TableComponent } from '../routing/table-input.ts'
import type { ControlContext } from './context.ts'
import { gateOf } from './gates.ts'
import type { Effect } from './input.ts'
import { judge, type Readiness } from './readiness.ts'
import type { ControlState } from './state.ts'
import { keepUnknownNames } from './unknown-names.ts'

export interface Routed {
  readonly state: ControlState
  readonly effects: readonly Effect[]
  readonly readiness: Readiness
}

/**
 * Compiles the table and sends it when anything in it changed. Before the first look at the engine there is none: an edge that is being
 * taken over would close its listeners for an empty one.
 */
export function route(state: ControlState, now: Instant, context: ControlContext): Routed {
  const readiness = judge(state)
  if (state.observed === undefined || state.settleBy !== undefined) return { state, effects: [], readiness }
  const { table, addresses, problems } = tableOf(state, readiness, now, context)
  const told = sameValue(problems, state.unrouted) ? state : { ...state, unrouted: problems }
  const { version: _version, ...body } = table
  if (state.table !== undefined && sameValue(body, state.table)) return { state: told, effects: [], readiness }
  const known = sameValue(addresses, state.addresses) ? state.addresses : addresses
  const next = keepUnknownNames({ ...told, addresses: known, table: body })
  return { state: next, effects: [{ type: 'table', table: body }], readiness }
}

/** The route table of the environment as it should be now, and what could not be routed. */
function tableOf(state: ControlState, readiness: Readiness, now: Instant, context: ControlContext): CompiledTable {
  const replicas = replicasByComponent(state.observed?.replicas ?? [])
  const components = state.desired.revisions
    .filter((item) => item.revision.spec.run.type === 'forever')
    .map((item) => ({
      ...tableComponent(item, state, now),
      replicas: (replicas.get(item.revision.component) ?? []).flatMap((replica) => tableReplica(replica, state, readiness)),
    }))
  const { serviceRange } = state.observed ?? {}
  return compileTable({
    version: 0,
    environment: state.environment,
    components,
    services: state.desired.services,
    routes: state.desired.routes,
    published: state.desired.published,
    webPort: context.webPort,
    ...(context.tls === undefined ? {} : { tls: context.tls }),
    ports: state.edge.bound,
    ...(serviceRange === undefined ? {} : { serviceRange }),
    addresses: state.addresses,
    probes: edgeProbes(state, readiness),
  })
}

function replicasByComponent(replicas: readonly ObservedReplica[]): ReadonlyMap<ComponentKey, readonly ObservedReplica[]> {
  const byComponent = new Map<ComponentKey, ObservedReplica[]>()
  for (const replica of replicas) {
    const list = byComponent.get(replica.component)
    if (list === undefined) byComponent.set(replica.component, [replica])
    else list.push(replica)
  }
  return byComponent
}

function tableComponent(item: DesiredRevision, state: ControlState, now: Instant): Omit<TableComponent, 'replicas'> {
  const { spec, component, app } = item.revision
  return {
    key: component,
    app,
    name: spec.name,
    namespace: spec.namespace,
    ports: spec.pod.containers.flatMap((container) => container.ports),
    gate: gateOf(item, state, now),
    ...(spec.gate === undefined ? {} : { limits: spec.gate }),
  }
}

function tableReplica(replica: ObservedReplica, state: ControlState, readiness: Readiness): TableComponent['replicas'] {
  const endpoints = state.endpoints.get(replica.id)
  if (endpoints === undefined || endpoints.size === 0) return []
  if (readiness.ready.has(replica.id)) return [{ id: replica.id, revision: replica.revision, state: 'ready', endpoints }]
  if (readiness.draining.has(replica.id)) return [{ id: replica.id, revision: replica.revision, state: 'draining', endpoints }]
  const awaits = readiness.of.get(replica.id)?.awaits
  return awaits === undefined || readiness.standby.has(replica.id)
    ? []
    : [{ id: replica.id, revision: replica.revision, state: 'starting', awaits, endpoints }]
}

/** Network probes are the edge's; exec probes are asked through the engine. */
function edgeProbes(state: ControlState, readiness: Readiness): readonly EdgeProbe[] {
  const probes: EdgeProbe[] = []
  for (const [id, health] of readiness.of) {
    const endpoints = state.endpoints.get(id)
    const isCalled = state.standbys?.get(id) === 'called'
    for (const { container, epoch, kind, probe } of health.active) {
      if (probe.action.by === 'exec') continue
      const endpoint = endpoints?.get(probe.action.port)
      if (endpoint === undefined) continue
      // One that stood by was ready before: its answer is only a matter of being awake, and somebody waits for it.
      const called = isCalled && kind === 'ready'
      const eager = probe.implicit === true || called
      const { everyMs, timeoutMs, successes, failures } = probe
      const host = probe.action.by === 'grpc' || probe.action.host === undefined ? endpoint.host : probe.action.host
      probes.push({
        replica: id,
        container,
        kind,
        action: probe.action,
        host,
        port: endpoint.port,
        epoch,
        delayMs: called ? 0 : probe.delayMs,
        everyMs,
        timeoutMs,
        successes,
        failures,
        ...(eager ? { eager: true } : {}),
      })
    }
  }
  return probes
}

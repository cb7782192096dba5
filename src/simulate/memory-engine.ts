import type { Clock } from '../kernel/clock.ts'
import { FaultError } from '../kernel/fault.ts'
import type { Engine, ExecSession, Owner, ReplicaRef, ReplicaSpec } from '../model/engine.ts'
import type { ReplicaId } from '../model/names.ts'
import type { EngineHealth, Stray } from '../model/observed.ts'
import { MemoryEdge, type RequestOptions, type RequestTarget } from './memory-edge.ts'
import { MemoryEnvironment } from './memory-environment.ts'
import { runCommand } from './memory-exec.ts'
import { MemoryReplica } from './memory-replica.ts'
import type { Answer } from './memory-requests.ts'
import { type Behaviour, scriptFor } from './scenario.ts'

export interface MemoryEngineOptions {
  readonly clock: Clock
  /** Everything starts at once, is ready at once and runs for ever where a scenario says nothing. */
  readonly behaviour?: Behaviour
}

/** An engine without a machine: replicas are scenarios on a clock, the edge is in process. What a scenario does to it has verbs of its own. */
export interface MemoryEngine extends Engine {
  readonly name: 'memory'
  /** Counts for every container that starts from now on. */
  behave(behaviour: Behaviour): void
  /** Ends a container (by default the application's) as if by itself. */
  crash(environment: string, replica: ReplicaId, how?: { readonly container?: string; readonly code?: number }): void
  /** The replica vanishes without a trace, as after the loss of its machine. */
  lose(environment: string, replica: ReplicaId): void
  setHealth(health: EngineHealth): void
  addStray(environment: string, stray: Stray): void
  setUnhealthy(environment: string, replica: ReplicaId, why: string | undefined): void
  /** Breaks the control channel of the edge; the edge keeps serving. */
  disconnectEdge(environment: string): void
  /** A request from a scenario; held, refused and balanced as by the real edge. */
  request(environment: string, target: RequestTarget, options?: RequestOptions): Promise<Answer>
}

const HEALTHY: EngineHealth = { state: 'healthy', detail: 'in memory', attributes: {} }

export function createMemoryEngine(options: MemoryEngineOptions): MemoryEngine {
  const { clock } = options
  const environments = new Map<string, MemoryEnvironment>()
  let behaviour: Behaviour = options.behaviour ?? {}
  let health = HEALTHY

  const environment = (name: string): MemoryEnvironment => {
    const known = environments.get(name) ?? new MemoryEnvironment()
    environments.set(name, known)
    return known
  }
  const find = ({ owner, id }: ReplicaRef): MemoryReplica | undefined => environments.get(owner.environment)?.replicas.get(id)
  const need = (of: ReplicaRef): MemoryReplica => {
    const replica = find(of)
    if (replica === undefined) throw notFound(of.id)
    return replica
  }
  /** Nothing can be asked of an engine that is away. */
  const check = (signal?: AbortSignal): void => {
    signal?.throwIfAborted()
    if (health.state !== 'healthy')
      throw new FaultError({
        kind: 'unavailable',
        code: 'MP4001',
        message: `the memory engine is ${health.state}: ${health.detail}`,
        retry: 'soon',
      })
  }

  const start = async (spec: ReplicaSpec, signal: AbortSignal): Promise<void> => {
    check(signal)
    const { owner, id } = spec.ref
    const place = environment(owner.environment)
    const known = place.replicas.get(id)
    if (known !== undefined && known.observe().phase !== 'starting') return
    known?.discard()
    const changed = (): void => place.hint(id)
    const replica = new MemoryReplica(spec, { clock, behaviour: () => behaviour, changed })
    place.replicas.set(id, replica)
    changed()
    try {
      await replica.start(signal)
    } catch (error) {
      // What fails leaves nothing; a second start of the same replica may have taken its place meanwhile.
      if (place.replicas.get(id) === replica) place.replicas.delete(id)
      replica.discard()
      changed()
      throw error
    }
  }

  const exec = (of: ReplicaRef, container: string | undefined, command: readonly string[], signal: AbortSignal): ExecSession => {
    check(signal)
    const replica = need(of)
    const place = replica.container(container ?? replica.spec.revision.spec.pod.containers[0]?.name ?? '')
    if (place === undefined || place.state !== 'running') throw notRunning(of.id, container)
    return runCommand(clock, command, place.script, signal)
  }

  return {
    name: 'memory',
    traits: { serviceNames: 'resolved', runs: 'anything', virtualTime: true },
    probe: async () => health,
    observe: async (owner, signal) => {
      signal.throwIfAborted()
      const place = environments.get(owner.environment)
      const replicas = [...(place?.replicas.values() ?? [])].map((replica) => replica.observe())
      return {
        at: clock.now(),
        engine: health,
        replicas,
        strays: [...(place?.strays.values() ?? [])],
        networks: [...(place?.networks ?? [])],
        volumes: [...(place?.volumes ?? [])],
        images: [],
        sandboxes: [],
      }
    },
    hints: (owner, signal) => environment(owner.environment).listen(signal),
    startReplica: start,
    restartApp: async (spec, { container, graceMs }, signal) => {
      check(signal)
      await need(spec.ref).restart(container, { token: spec.restartToken, graceMs }, signal)
    },
    stopReplica: async (of, graceMs, signal) => {
      check(signal)
      await find(of)?.stop(graceMs, signal)
    },
    removeReplica: async (of, signal) => {
      check(signal)
      const place = environment(of.owner.environment)
      place.strays.delete(of.id)
      place.replicas.get(of.id)?.discard()
      place.replicas.delete(of.id)
      place.hint(of.id)
    },
    endpoint: async (of, port) => {
      const replica = find(of)
      return replica === undefined || replica.observe().phase !== 'running' ? undefined : { host: of.id, port }
    },
    logs: (of, logOptions, signal) => need(of).log.read(logOptions, signal),
    removeEnvironment: async (owner, signal) => {
      check(signal)
      const place = environment(owner.environment)
      place.edge?.close()
      place.edge = undefined
      place.networks.clear()
      place.hint()
    },
    environments: async () =>
      [...environments]
        .filter(([, place]) => !place.empty)
        .map(([name]) => name)
        .sort(),
    edge: {
      attach: async (owner, signal) => {
        check(signal)
        return edgeOf(owner).attach()
      },
      describe: async (owner) => (environments.get(owner.environment)?.edge === undefined ? undefined : 'in process'),
    },
    networks: {
      ensure: async (name, owner, signal) => {
        check(signal)
        environment(owner.environment).networks.add(name)
        environment(owner.environment).hint()
      },
      remove: async (name, owner, signal) => {
        check(signal)
        environment(owner.environment).networks.delete(name)
        environment(owner.environment).hint()
      },
    },
    volumes: {
      ensure: async (name, owner, signal) => {
        check(signal)
        environment(owner.environment).volumes.add(name)
        environment(owner.environment).hint()
      },
      remove: async (name, owner, signal) => {
        check(signal)
        environment(owner.environment).volumes.delete(name)
        environment(owner.environment).hint()
      },
    },
    exec: {
      exec: async (of, { container, command }, signal) => exec(of, container, command, signal),
      run: async (spec, { command }, signal) => {
        check(signal)
        const { component, id: revision, spec: component_ } = spec.revision
        const container = component_.pod.containers[0]?.name ?? ''
        return runCommand(
          clock,
          command,
          scriptFor(behaviour, { component, revision, ordinal: spec.ordinal, container, restarts: 0 }),
          signal,
        )
      },
    },
    freezer: {
      freeze: async (of, signal) => {
        check(signal)
        need(of).frozen = true
      },
      thaw: async (of, signal) => {
        check(signal)
        need(of).frozen = false
      },
    },
    sidecars: {
      restart: async (spec, sidecar, signal) => {
        check(signal)
        await need(spec.ref).restart(sidecar, { token: spec.restartToken, graceMs: spec.revision.spec.pod.graceMs }, signal)
      },
    },
    behave: (next) => {
      behaviour = next
    },
    crash: (name, id, how = {}) => {
      const replica = environments.get(name)?.replicas.get(id)
      if (replica === undefined) throw notFound(id)
      replica.container(how.container ?? replica.spec.revision.spec.pod.containers[0]?.name ?? '')?.end(how.code ?? 1)
    },
    lose: (name, id) => {
      const place = environment(name)
      place.replicas.get(id)?.discard()
      place.replicas.delete(id)
      place.hint(id)
    },
    setHealth: (next) => {
      health = next
      for (const place of environments.values()) place.hint()
    },
    addStray: (name, stray) => {
      environment(name).strays.set(stray.id, stray)
      environment(name).hint()
    },
    setUnhealthy: (name, id, why) => {
      const replica = environments.get(name)?.replicas.get(id)
      if (replica === undefined) throw notFound(id)
      replica.unhealthy = why
      environment(name).hint(id)
    },
    disconnectEdge: (name) => environments.get(name)?.edge?.disconnect(),
    request: async (name, target, requestOptions) => {
      const edge = environments.get(name)?.edge
      return edge === undefined ? { status: 503, waitedMs: 0, detail: 'no edge' } : edge.request(target, requestOptions)
    },
  }

  function edgeOf(owner: Owner): MemoryEdge {
    const place = environment(owner.environment)
    const ended = (): void => {
      place.edge?.close()
      place.edge = undefined
    }
    place.edge ??= new MemoryEdge({ clock, ended, find: (id) => place.replicas.get(id) })
    return place.edge
  }
}

function notFound(id: ReplicaId): FaultError {
  return new FaultError({ kind: 'not-found', code: 'MP4001', message: `no replica ${id}`, retry: 'never' })
}

function notRunning(id: ReplicaId, container: string | undefined): FaultError {
  const what = container === undefined ? id : `container "${container}" of ${id}`
  return new FaultError({ kind: 'conflict', code: 'MP4001', message: `${what} does not run`, retry: 'soon' })
}

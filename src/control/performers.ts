import { formatBytes } from '../kernel/bytes.ts'
import { FaultError } from '../kernel/fault.ts'
import type { Millis } from '../kernel/instant.ts'
import { DEFAULT_GRACE_MS } from '../model/component.ts'
import type { Engine, Owner, ReplicaRef, ReplicaSpec } from '../model/engine.ts'
import type { ReplicaId, RevisionId } from '../model/names.ts'
import { type ActionName, type Actions, ALL_CONTAINERS } from '../model/step.ts'
import type { EdgeLink } from './edge-link.ts'
import type { ControlState } from './state.ts'

/** An executor for every action: an action without one does not compile. */
export type Performers = { readonly [K in ActionName]: (args: Actions[K], signal: AbortSignal) => Promise<void> }

export interface PerformerPorts {
  readonly engine: Engine
  readonly owner: Owner
  readonly link: EdgeLink
  readonly state: () => ControlState
  /** Everything the engine needs to start a replica; throws a fault when a secret or config value is missing. */
  readonly specOf: (start: {
    readonly replica: ReplicaId
    readonly revision: RevisionId
    readonly ordinal: number
    readonly restartToken: number
  }) => ReplicaSpec
  readonly progress: (ref: string, text: string) => void
}

/** How long requests in flight may hold up the end of their replica; then the process is told, and has its own grace. */
const DRAIN_MS: Millis = 10_000
/** The same for a restart, and when the application is being taken down. Source: design, section 13. */
const SHORT_DRAIN_MS: Millis = 2000

/** Performs steps through the engine and the edge. Every performer may be run twice. */
export function createPerformers(ports: PerformerPorts): Performers {
  const { engine, owner, link } = ports
  const refOf = (id: ReplicaId): ReplicaRef => ({ owner, id })
  const observed = (id: ReplicaId): NonNullable<ControlState['observed']>['replicas'][number] => {
    const replica = ports.state().observed?.replicas.find((candidate) => candidate.id === id)
    if (replica === undefined) throw new FaultError({ kind: 'not-found', code: 'MP4001', message: `replica ${id} is gone`, retry: 'soon' })
    return replica
  }
  const specOf = (id: ReplicaId, restartToken?: number): ReplicaSpec => {
    const replica = observed(id)
    return ports.specOf({
      replica: id,
      revision: replica.revision,
      ordinal: replica.ordinal,
      restartToken: restartToken ?? replica.restartToken,
    })
  }
  return {
    ensureNetwork: async ({ name }, signal) => {
      await engine.networks?.ensure(name, owner, signal)
      const { table } = ports.state()
      // Known before the edge is made: it is made for this table.
      if (link.version === 0 && table !== undefined) link.push(table)
      await link.attach(signal)
      await link.acknowledged(signal)
    },
    ensureVolume: async ({ name }, signal) => facet(engine.volumes, engine, 'volumes').ensure(name, owner, signal),
    pullImage: async ({ ref }, signal) =>
      facet(engine.images, engine, 'images').pull(
        ref,
        (done, total) => ports.progress(ref, `${formatBytes(done)} of ${formatBytes(total)}`),
        signal,
      ),
    buildImage: async ({ ref }, signal) => {
      const image = ports.state().desired.images.find((candidate) => candidate.image.ref === ref)?.image
      if (image?.from !== 'build')
        throw new FaultError({ kind: 'not-found', code: 'MP4002', message: `nothing says how to build ${ref}`, retry: 'never' })
      await facet(engine.images, engine, 'images').build({ image }, (line) => ports.progress(ref, line), signal)
    },
    startReplica: async (args, signal) => {
      // The edge must listen for every service before a replica learns the addresses.
      await link.listening(signal)
      await engine.startReplica(ports.specOf(args), signal)
    },
    awaitReady: async () => {},
    drainReplica: async ({ replica, graceMs }, signal) => {
      const carries = (ports.state().endpoints.get(replica)?.size ?? 0) > 0
      if (!link.attached || !carries) return
      await link.acknowledged(signal)
      const app = ports.state().observed?.replicas.find((candidate) => candidate.id === replica)?.app
      const ending = app !== undefined && ports.state().apps.get(app)?.ending !== undefined
      await link.drained(replica, Math.min(graceMs, ending ? SHORT_DRAIN_MS : DRAIN_MS), signal)
    },
    removeReplica: async ({ replica, graceMs }, signal) => {
      await engine.stopReplica(refOf(replica), graceMs, signal)
      await engine.removeReplica(refOf(replica), signal)
      link.forget(replica)
    },
    restartApp: async ({ replica, container, token, graceMs }, signal) => {
      const wanted = (name: string): boolean => container === ALL_CONTAINERS || container === name
      const running = observed(replica).containers.some((item) => item.state === 'running' && item.role === 'app' && wanted(item.name))
      // The gate holds new requests first; those in flight may finish, then the container goes.
      if (running && link.attached) {
        await link.acknowledged(signal)
        await link.drained(replica, Math.min(graceMs, SHORT_DRAIN_MS), signal)
      }
      const spec = specOf(replica, token)
      const names = spec.revision.spec.pod.containers.map((item) => item.name).filter(wanted)
      await Promise.all(names.map((name) => engine.restartApp(spec, { container: name, graceMs }, signal)))
    },
    pushFiles: async ({ replica, token }, signal) => {
      const push = ports.state().desired.pushes.find((candidate) => candidate.token === token)
      if (push !== undefined) await facet(engine.files, engine, 'files').push(refOf(replica), push, signal)
    },
    execInReplica: async ({ replica, container, command }, signal) => {
      const session = await facet(engine.exec, engine, 'exec').exec(refOf(replica), { container, command }, signal)
      const code = await session.exitCode
      if (code !== 0)
        throw new FaultError({
          kind: 'invalid',
          code: 'MP4003',
          message: `"${command.join(' ')}" in ${replica} ended with code ${code}`,
          retry: 'backoff',
        })
    },
    restartSidecar: async ({ replica, sidecar }, signal) =>
      facet(engine.sidecars, engine, 'sidecars').restart(specOf(replica), sidecar, signal),
    prepareSandbox: async ({ component, ordinal }, signal) => {
      const revision = ports.state().desired.revisions.find((item) => item.revision.component === component)?.revision
      if (revision === undefined) return
      await facet(engine.sandboxes, engine, 'sandboxes').prepare(owner, { component, ordinal, revision }, signal)
    },
    removeSandbox: async ({ component, ordinal }, signal) =>
      facet(engine.sandboxes, engine, 'sandboxes').remove(owner, { component, ordinal }, signal),
    freezeReplica: async ({ replica }, signal) => facet(engine.freezer, engine, 'freeze').freeze(refOf(replica), signal),
    thawReplica: async ({ replica }, signal) => facet(engine.freezer, engine, 'freeze').thaw(refOf(replica), signal),
    removeVolume: async ({ name }, signal) => engine.volumes?.remove(name, owner, signal),
    removeImage: async ({ ref }, signal) => engine.images?.remove(ref, signal),
    removeNetwork: async ({ name }, signal) => {
      link.reset()
      await engine.removeEnvironment(owner, signal)
      await engine.networks?.remove(name, owner, signal)
    },
    removeStray: async ({ id }, signal) => {
      await engine.stopReplica(refOf(id as ReplicaId), DEFAULT_GRACE_MS, signal)
      await engine.removeReplica(refOf(id as ReplicaId), signal)
    },
  }
}

/** A facet that the planner already knows to be there. */
function facet<T>(value: T | undefined, engine: Engine, name: string): T {
  if (value !== undefined) return value
  throw new FaultError({ kind: 'invalid', code: 'MP4004', message: `the ${engine.name} engine has no ${name}`, retry: 'never' })
}

import type { Engine, Owner } from '../../../src/model/engine.ts'
import type { DockerEdgeHost } from './edge/edge-host.ts'
import type { DockerParts } from './parts.ts'

/** Runs something on the engine, which is looked for where it is not at hand. `doing` completes "the engine could not ...". */
export type UseEngine = <T>(doing: string, signal: AbortSignal, work: (parts: DockerParts) => Promise<T>) => Promise<T>

type Facet<K extends keyof Engine> = NonNullable<Engine[K]>

/** The parts of the contract that have a name of their own; nothing is connected before one is used. */
export interface DockerFacets {
  readonly edge: Pick<DockerEdgeHost, 'attach' | 'describe'>
  readonly meters: Facet<'meters'>
  readonly networks: Facet<'networks'>
  readonly volumes: Facet<'volumes'>
  readonly images: Facet<'images'>
  readonly sandboxes: Facet<'sandboxes'>
  readonly exec: Facet<'exec'>
  readonly freezer: Facet<'freezer'>
  readonly stats: Facet<'stats'>
  readonly copy: Facet<'copy'>
  readonly processes: Facet<'processes'>
  readonly connections: Facet<'connections'>
}

export function dockerFacets(use: UseEngine): DockerFacets {
  return {
    edge: {
      attach: (owner, signal, expects) =>
        use(`attach to the edge of environment ${owner.environment}`, signal, (parts) =>
          takeOver(parts, owner, () => parts.edge.attach(owner, signal, expects)),
        ),
      describe: (owner, signal) => use('look for the edge', signal, ({ edge }) => edge.describe(owner, signal)),
    },
    meters: {
      attach: (owner, signal) =>
        use(`attach to the readers of environment ${owner.environment}`, signal, ({ meters }) => meters.attach(owner, signal)),
      remove: (owner, signal) =>
        use(`remove the readers of environment ${owner.environment}`, signal, ({ meters }) => meters.remove(owner, signal)),
    },
    networks: {
      ensure: (name, owner, signal) => use(`make network ${name}`, signal, ({ networks }) => networks.ensure(name, owner, signal)),
      remove: (name, owner, signal) => use(`remove network ${name}`, signal, ({ networks }) => networks.remove(name, owner, signal)),
    },
    volumes: {
      ensure: (name, owner, signal) => use(`make volume ${name}`, signal, ({ volumes }) => volumes.ensure(name, owner, signal)),
      remove: (name, owner, signal) => use(`remove volume ${name}`, signal, ({ volumes }) => volumes.remove(name, owner, signal)),
    },
    images: {
      has: (ref, signal) => use(`look for image ${ref}`, signal, ({ images }) => images.has(ref, signal)),
      pull: (ref, progress, signal) => use(`pull image ${ref}`, signal, ({ images }) => images.pull(ref, progress, signal)),
      build: (order, log, signal) => use(`build image ${order.image.ref}`, signal, ({ images }) => images.build(order, log, signal)),
      remove: (ref, signal) => use(`remove image ${ref}`, signal, ({ images }) => images.remove(ref, signal)),
    },
    sandboxes: {
      prepare: (owner, of, signal) =>
        use(`make the sandbox of ${of.component} ${of.ordinal}`, signal, ({ sandboxes }) => sandboxes.prepare(owner, of, signal)),
      remove: (owner, of, signal) =>
        use(`remove the sandbox of ${of.component} ${of.ordinal}`, signal, ({ sandboxes }) => sandboxes.remove(owner, of, signal)),
    },
    exec: {
      exec: (of, options, signal) => use(`run a command in replica ${of.id}`, signal, ({ pods }) => pods.exec.exec(of, options, signal)),
      run: (spec, options, signal) =>
        use(`run a command as ${spec.revision.component}`, signal, ({ pods }) => pods.exec.run(spec, options, signal)),
    },
    freezer: {
      freeze: (of, signal) => use(`freeze replica ${of.id}`, signal, ({ pods }) => pods.freezer.freeze(of, signal)),
      thaw: (of, signal) => use(`thaw replica ${of.id}`, signal, ({ pods }) => pods.freezer.thaw(of, signal)),
    },
    stats: { read: (of, signal) => use(`measure replica ${of.id}`, signal, ({ pods }) => pods.stats.read(of, signal)) },
    copy: {
      read: (of, from, signal) => use(`read ${from.path} of replica ${of.id}`, signal, ({ pods }) => pods.copy.read(of, from, signal)),
      write: (of, to, archive, signal) =>
        use(`write to ${to.path} of replica ${of.id}`, signal, ({ pods }) => pods.copy.write(of, to, archive, signal)),
    },
    processes: {
      list: (of, container, signal) =>
        use(`list the processes of replica ${of.id}`, signal, ({ pods }) => pods.processes.list(of, container, signal)),
      kill: (of, options, signal) =>
        use(`send ${options.signal} to replica ${of.id}`, signal, ({ pods }) => pods.processes.kill(of, options, signal)),
    },
    connections: {
      connect: (of, port, signal) =>
        use(`connect to port ${port} of replica ${of.id}`, signal, ({ connections }) => connections.connect(of, port, signal)),
    },
  }
}

/** Whoever holds the edge is in charge: what commands of an earlier daemon left behind goes. */
async function takeOver<T>({ pods, context }: DockerParts, owner: Owner, attach: () => Promise<T>): Promise<T> {
  const attached = await attach()
  pods.removeLeftovers(owner).catch((error: unknown) => {
    context.logger.log('warn', 'containers of an earlier daemon could not be removed', {
      environment: owner.environment,
      reason: String(error),
    })
  })
  return attached
}

import type { Origin } from '../../src/kernel/diagnostic.ts'
import { type Instant, instant, type Millis } from '../../src/kernel/instant.ts'
import type { Component, Need, PublishedPort, Run, Service, UpdateStrategy } from '../../src/model/component.ts'
import type { Revision } from '../../src/model/desired.ts'
import { type ComponentKey, componentKey, type ReplicaId, type RevisionId, replicaId, revisionId } from '../../src/model/names.ts'
import type { ContainerRole, Observed, ObservedContainer, ObservedReplica, Stray } from '../../src/model/observed.ts'
import type { Container, ImageRef, Pod, Volume } from '../../src/model/pod.ts'
import type { Probe } from '../../src/model/probe.ts'
import type { Route } from '../../src/model/route.ts'
import { fixedScale, type ScalePolicy } from '../../src/model/scale-policy.ts'

/** Where something in a test was "written". */
export function anOrigin(...path: readonly (string | number)[]): Origin {
  return { file: 'app.yaml', doc: 0, path }
}

export function key(name: string, namespace = 'default'): ComponentKey {
  return componentKey(namespace, name)
}

/** `web`, `7f3` → `web--7f3`. */
export function aRevisionId(component: string, hash: string): RevisionId {
  return revisionId(component as ComponentKey, hash)
}

/** `web`, `7f3`, `0` → `web--7f3.0`. */
export function aReplicaId(component: string, hash: string, ordinal = 0): ReplicaId {
  return replicaId(aRevisionId(component, hash), ordinal)
}

function aRegistryImage(ref: string): ImageRef {
  return { from: 'registry', ref }
}

export function aContainer(name: string, changes: Partial<Container> = {}): Container {
  return {
    name,
    image: aRegistryImage(`${name}:1`),
    pull: 'if-absent',
    env: [],
    ports: [],
    mounts: [],
    probes: {},
    lifecycle: {},
    requests: {},
    limits: {},
    process: { cwd: `/srv/${name}`, command: ['node', 'server.js'], env: [], origin: anOrigin('run') },
    ...changes,
  }
}

/** Kubernetes' defaults. */
export function aProbe(changes: Partial<Probe> & Pick<Probe, 'action'>): Probe {
  return { delayMs: 0, everyMs: 10_000, timeoutMs: 1000, successes: 1, failures: 3, ...changes }
}

/** A component under construction: `aComponent('web').listens(8000).needs('db').build()`. */
export function aComponent(name: string, namespace = 'default'): ComponentBuilder {
  const origin = anOrigin('components', name)
  return new ComponentBuilder({
    key: componentKey(namespace, name),
    name,
    namespace,
    app: 'shop',
    type: 'webservice',
    kind: 'Deployment',
    pod: { containers: [aContainer(name)], initContainers: [], volumes: [], hostAliases: [], graceMs: 30_000 },
    run: { type: 'forever' },
    services: [],
    routes: [],
    published: [],
    sidecars: [],
    scale: fixedScale(1),
    needs: [],
    update: { type: 'rolling', surge: { percent: 25 }, unavailable: { percent: 25 } },
    develop: [],
    labels: {},
    annotations: {},
    creates: [],
    traits: [],
    notes: [],
    origin,
  })
}

export class ComponentBuilder {
  readonly #component: Component

  constructor(component: Component) {
    this.#component = component
  }

  build(): Component {
    return this.#component
  }

  with(changes: Partial<Component>): ComponentBuilder {
    return new ComponentBuilder({ ...this.#component, ...changes })
  }

  pod(changes: Partial<Pod>): ComponentBuilder {
    return this.with({ pod: { ...this.#component.pod, ...changes } })
  }

  /** Changes the application container. */
  container(changes: Partial<Container>): ComponentBuilder {
    const [main, ...others] = this.#component.pod.containers
    return this.pod({ containers: [{ ...(main ?? aContainer(this.#component.name)), ...changes }, ...others] })
  }

  beside(container: Container): ComponentBuilder {
    return this.pod({ containers: [...this.#component.pod.containers, container] })
  }

  initially(container: Container): ComponentBuilder {
    return this.pod({ initContainers: [...this.#component.pod.initContainers, container] })
  }

  inApp(app: string): ComponentBuilder {
    return this.with({ app })
  }

  image(ref: string): ComponentBuilder {
    return this.container({ image: aRegistryImage(ref) })
  }

  /** A container port with a service of the component's name in front of it. */
  listens(port: number): ComponentBuilder {
    const { name, namespace, key: component, origin } = this.#component
    const ports = [
      ...(this.#component.pod.containers[0]?.ports ?? []),
      { name: `port-${port}`, number: port, protocol: 'http1', origin } as const,
    ]
    const service: Service = {
      name,
      namespace,
      component,
      ports: [{ name: `port-${port}`, port, target: port, protocol: 'tcp' }],
      headless: false,
      origin,
    }
    return this.container({ ports }).with({ services: [...this.#component.services, service] })
  }

  routed(host: string, port: number, changes: Partial<Route> = {}): ComponentBuilder {
    const to = [{ weight: 1, by: 'component', component: this.#component.key, port }] as const
    const route: Route = { host, path: '/', pathType: 'prefix', to, holdMs: 60_000, origin: anOrigin('route'), ...changes }
    return this.with({ routes: [...this.#component.routes, route] })
  }

  publishes(host: number, target: number): ComponentBuilder {
    const port: PublishedPort = { host, target, protocol: 'tcp', origin: anOrigin('publish') }
    return this.with({ published: [...this.#component.published, port] })
  }

  needs(on: string, until: Need['until'] = 'ready'): ComponentBuilder {
    return this.with({ needs: [...this.#component.needs, { on: on as ComponentKey, until, origin: anOrigin('dependsOn') }] })
  }

  mounts(claim: string): ComponentBuilder {
    const volume: Volume = { name: claim, source: { type: 'named', claim }, origin: anOrigin('storage', claim) }
    return this.pod({ volumes: [...this.#component.pod.volumes, volume] })
  }

  scales(changes: Partial<ScalePolicy>): ComponentBuilder {
    return this.with({ scale: { ...this.#component.scale, ...changes } })
  }

  updates(update: UpdateStrategy): ComponentBuilder {
    return this.with({ update })
  }

  grace(graceMs: Millis): ComponentBuilder {
    return this.pod({ graceMs })
  }

  /** A task: one run, six more attempts. */
  runsOnce(changes: Partial<Extract<Run, { type: 'to-completion' }>> = {}): ComponentBuilder {
    const run: Run = { type: 'to-completion', parallelism: 1, completions: 1, backoffLimit: 6, restart: 'never', ...changes }
    return this.with({ run, kind: 'Job', type: 'task' })
  }

  notSimulated(why = 'a cloud database'): ComponentBuilder {
    return this.with({ run: { type: 'not-simulated', why }, kind: 'none' })
  }
}

/** A revision with a short hash of the test's choice instead of the computed one. */
export function aRevision(component: ComponentBuilder | Component, hash: string): Revision {
  const spec = component instanceof ComponentBuilder ? component.build() : component
  return { id: revisionId(spec.key, hash), component: spec.key, app: spec.app, hash, spec }
}

export function anObservedContainer(name: string, changes: Partial<ObservedContainer> = {}): ObservedContainer {
  return { name, role: 'app', state: 'running', startedAt: instant(0), since: instant(0), restarts: 0, ...changes }
}

/** An observed replica under construction: `aReplica('web', '7f3', 0).exited(1).build()`; it runs unless told otherwise. */
export function aReplica(component: string, hash: string, ordinal = 0): ReplicaBuilder {
  const revision = aRevisionId(component, hash)
  return new ReplicaBuilder({
    id: replicaId(revision, ordinal),
    app: 'shop',
    component: component as ComponentKey,
    revision,
    ordinal,
    phase: 'running',
    since: instant(0),
    restartToken: 0,
    pushToken: 0,
    frozen: false,
    containers: [anObservedContainer(component.split('.')[0] ?? component)],
  })
}

export class ReplicaBuilder {
  readonly #replica: ObservedReplica

  constructor(replica: ObservedReplica) {
    this.#replica = replica
  }

  build(): ObservedReplica {
    return this.#replica
  }

  with(changes: Partial<ObservedReplica>): ReplicaBuilder {
    return new ReplicaBuilder({ ...this.#replica, ...changes })
  }

  /** Changes the application container. */
  container(changes: Partial<ObservedContainer>): ReplicaBuilder {
    const [main, ...others] = this.#replica.containers
    return main === undefined ? this : this.with({ containers: [{ ...main, ...changes }, ...others] })
  }

  beside(name: string, role: ContainerRole = 'app', changes: Partial<ObservedContainer> = {}): ReplicaBuilder {
    return this.with({ containers: [...this.#replica.containers, anObservedContainer(name, { role, ...changes })] })
  }

  /** The application container ended; with it the replica when there is no other. */
  exited(exitCode: number, at: Instant | number = 0, restarts = 0): ReplicaBuilder {
    const since = instant(at)
    const ended = this.container({ state: 'exited', exitCode, since, restarts })
    return this.#replica.containers.length === 1 ? ended.with({ phase: 'exited', since }) : ended
  }

  starting(): ReplicaBuilder {
    return this.with({
      phase: 'starting',
      containers: this.#replica.containers.map(({ startedAt: _, ...rest }) => ({ ...rest, state: 'waiting' })),
    })
  }

  token(restartToken: number): ReplicaBuilder {
    return this.with({ restartToken })
  }
}

/** A healthy engine with these replicas and nothing else. */
export function anObservation(
  replicas: readonly (ReplicaBuilder | ObservedReplica)[] = [],
  changes: Partial<Omit<Observed, 'replicas'>> = {},
): Observed {
  return {
    at: instant(0),
    engine: { state: 'healthy', detail: '', attributes: {} },
    replicas: replicas.map((replica) => (replica instanceof ReplicaBuilder ? replica.build() : replica)),
    strays: [],
    networks: ['shop'],
    volumes: [],
    images: [],
    sandboxes: [],
    ...changes,
  }
}

export function aStray(id: string, why: Stray['why']): Stray {
  return { id, why }
}

import type { Diagnostic, Origin } from '../kernel/diagnostic.ts'
import type { CreatedObject, GateLimits, Note, PublishedPort, ReloadRule, Run, ServicePort, UpdateStrategy } from '../model/component.ts'
import type { Container, EnvVar, HostAlias, ImageRef, Mount, Port, Volume } from '../model/pod.ts'
import type { Probe, ProbeKind } from '../model/probe.ts'
import type { Route } from '../model/route.ts'
import type { ScalePolicy } from '../model/scale-policy.ts'
import type { Use } from '../model/use.ts'

/** The application's own container, one beside it, or one that runs to its end before them. */
export type ContainerRole = 'app' | 'side' | 'init'

/** A container's fields without what has verbs of its own. */
export type ContainerPatch = Partial<Omit<Container, 'name' | 'env' | 'ports' | 'mounts' | 'probes'>>

/** One container of the draft. Every change is recorded with the origin of the use that makes it. */
export interface ContainerDraft {
  readonly name: string
  read(): Container
  set(patch: ContainerPatch, at?: Origin): void
  /** Adds the variable or replaces the one of the same name. */
  env(variable: EnvVar): void
  unsetEnv(name: string): void
  clearEnv(): void
  port(port: Port): void
  mount(mount: Mount, at?: Origin): void
  probe(kind: ProbeKind, probe: Probe | undefined, at?: Origin): void
}

/**
 * A replica under construction: pod, services, routes, scale, sidecars, needs. Component types build it, traits and the
 * overlay change it, each change is recorded, so that `explain` can say which line put a value there.
 */
export interface ComponentDraft {
  /** A container by name; without a name the application's. Undefined when there is none of that name. */
  container(name?: string): ContainerDraft | undefined
  /** All containers of the pod (not init containers), the application's first. */
  containers(): readonly ContainerDraft[]
  initContainers(): readonly ContainerDraft[]
  /** Adds an empty container of that name; reports when the name is taken, and then returns the existing one. */
  addContainer(container: { readonly name: string; readonly image: ImageRef }, role: ContainerRole, at?: Origin): ContainerDraft
  addVolume(volume: Volume): void
  addHostAlias(alias: HostAlias, at?: Origin): void
  /** Adds ports to the service of that name, or creates it: one service per name with the union of ports. */
  service(service: {
    readonly name: string
    readonly ports: readonly ServicePort[]
    readonly headless?: boolean
    readonly origin: Origin
  }): void
  /** The container port behind a port of a service that the component has so far. */
  serviceTarget(service: string, port: number): number | undefined
  route(route: Route): void
  publish(port: PublishedPort): void
  sidecar(use: Use): void
  scale(patch: Partial<ScalePolicy>, at?: Origin): void
  gate(limits: GateLimits, at?: Origin): void
  run(run: Run, at?: Origin): void
  update(strategy: UpdateStrategy, at?: Origin): void
  develop(rule: ReloadRule): void
  /** null deletes, as in a JSON merge patch. */
  label(key: string, value: string | null, at?: Origin): void
  annotation(key: string, value: string | null, at?: Origin): void
  create(object: CreatedObject): void
  note(note: Note): void
  /** Diagnostics found while applying. */
  report(diagnostic: Diagnostic): void
}

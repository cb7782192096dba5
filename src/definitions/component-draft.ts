import { sameValue } from '../kernel/canonical-json.ts'
import type { Diagnostic, Origin } from '../kernel/diagnostic.ts'
import {
  type Component,
  type ComponentSource,
  type CreatedObject,
  DEFAULT_GRACE_MS,
  type GateLimits,
  type Note,
  type PublishedPort,
  type ReloadRule,
  type Run,
  type Service,
  type UpdateStrategy,
  type WorkloadKind,
} from '../model/component.ts'
import type { HostAlias, ImageRef, Volume } from '../model/pod.ts'
import type { Route } from '../model/route.ts'
import { fixedScale, type ScalePolicy } from '../model/scale-policy.ts'
import type { Use } from '../model/use.ts'
import { emptyContainer, RecordedContainer } from './container-draft.ts'
import type { ComponentDraft, ContainerRole } from './draft.ts'
import { problem } from './problem.ts'
import { ProvenanceBook } from './provenance-book.ts'

/** Source: Kubernetes, DeploymentStrategy: a quarter more, a quarter less. */
const ROLLING: UpdateStrategy = { type: 'rolling', surge: { percent: 25 }, unavailable: { percent: 25 } }

/** A component under construction that remembers which use made each change. */
export class RecordedDraft implements ComponentDraft {
  readonly diagnostics: Diagnostic[] = []
  readonly book = new ProvenanceBook()
  private readonly source: ComponentSource
  private by: { readonly who: string; readonly origin: Origin }
  private readonly apps: RecordedContainer[] = []
  private readonly inits: RecordedContainer[] = []
  private volumes: readonly Volume[] = []
  private hostAliases: readonly HostAlias[] = []
  private services: readonly Service[] = []
  private readonly routes: Route[] = []
  private readonly published: PublishedPort[] = []
  private readonly sidecars: Use[] = []
  private scalePolicy: ScalePolicy = fixedScale(1)
  private limits: GateLimits | undefined
  private runs: Run = { type: 'forever' }
  private strategy: UpdateStrategy = ROLLING
  private readonly rules: ReloadRule[] = []
  private labels: Readonly<Record<string, string>>
  private annotations: Readonly<Record<string, string>>
  private readonly creates: CreatedObject[] = []
  private readonly notes: Note[] = []

  constructor(source: ComponentSource) {
    this.source = source
    this.labels = source.labels
    this.annotations = source.annotations
    this.by = { who: 'application', origin: source.origin }
  }

  /** From here on, changes are made by this use. */
  begin(who: string, origin: Origin): void {
    this.by = { who, origin }
  }

  container(name?: string): RecordedContainer | undefined {
    return name === undefined ? this.apps[0] : this.apps.find((container) => container.name === name)
  }

  containers(): readonly RecordedContainer[] {
    return this.apps
  }

  initContainers(): readonly RecordedContainer[] {
    return this.inits
  }

  addContainer(container: { readonly name: string; readonly image: ImageRef }, role: ContainerRole, at?: Origin): RecordedContainer {
    const existing = [...this.apps, ...this.inits].find((known) => known.name === container.name)
    if (existing !== undefined) {
      const message = `the component already has a container "${container.name}"`
      this.report(problem({ code: 'MP2202', severity: 'error', message, origin: at ?? this.by.origin }))
      return existing
    }
    const list = role === 'init' ? 'initContainers' : 'containers'
    const write = (path: readonly (string | number)[], origin?: Origin) => this.write(['pod', list, container.name, ...path], origin)
    const added = new RecordedContainer(emptyContainer(container.name, container.image), write)
    write([], at)
    if (role === 'init') this.inits.push(added)
    else this.apps.push(added)
    return added
  }

  addVolume(volume: Volume): void {
    const existing = this.volumes.find((known) => known.name === volume.name)
    if (existing === undefined) {
      this.volumes = [...this.volumes, volume]
      this.write(['pod', 'volumes', volume.name], volume.origin)
    } else if (!sameValue(existing.source, volume.source)) {
      const message = `volume "${volume.name}" is defined twice with different contents`
      const related = [{ message: 'first defined here', origin: existing.origin }]
      this.report(problem({ code: 'MP2203', severity: 'error', message, origin: volume.origin, related }))
    }
  }

  addHostAlias(alias: HostAlias, at?: Origin): void {
    const known = this.hostAliases.find((other) => other.ip === alias.ip)
    const merged = { ip: alias.ip, hostnames: [...new Set([...(known?.hostnames ?? []), ...alias.hostnames])] }
    this.hostAliases = [...this.hostAliases.filter((other) => other !== known), merged]
    this.write(['pod', 'hostAliases', alias.ip], at)
  }

  service(added: Parameters<ComponentDraft['service']>[0]): void {
    const { namespace, key } = this.source
    const known = this.services.find((service) => service.name === added.name)
    const ports = [...(known?.ports ?? [])]
    for (const port of added.ports) {
      const same = ports.find((other) => other.port === port.port && other.protocol === port.protocol)
      if (same === undefined) ports.push(port)
      else if (same.target !== port.target) {
        const message = `port ${port.port} of service "${added.name}" leads to container port ${same.target}; a second target ${port.target} is ignored`
        this.report(problem({ code: 'MP2205', severity: 'warning', message, origin: added.origin }))
      }
    }
    const headless = known?.headless ?? added.headless ?? false
    const service: Service = { name: added.name, namespace, component: key, ports, headless, origin: known?.origin ?? added.origin }
    this.services = known === undefined ? [...this.services, service] : this.services.map((other) => (other === known ? service : other))
    if (known === undefined) this.write(['services', added.name], added.origin)
    for (const port of ports.slice(known?.ports.length ?? 0)) this.write(['services', added.name, 'ports', port.name], added.origin)
  }

  serviceTarget(service: string, port: number): number | undefined {
    const ports = this.services.find(({ name }) => name === service)?.ports
    return ports?.find((candidate) => candidate.port === port && candidate.protocol === 'tcp')?.target
  }

  route(route: Route): void {
    this.routes.push(route)
    this.write(['routes', this.routes.length - 1], route.origin)
  }

  publish(port: PublishedPort): void {
    this.published.push(port)
    this.write(['published', this.published.length - 1], port.origin)
  }

  sidecar(use: Use): void {
    this.sidecars.push(use)
    this.write(['sidecars', this.sidecars.length - 1], use.origin)
  }

  scale(patch: Partial<ScalePolicy>, at?: Origin): void {
    this.scalePolicy = { ...this.scalePolicy, ...patch }
    for (const key of Object.keys(patch)) this.write(['scale', key], at)
  }

  gate(limits: GateLimits, at?: Origin): void {
    this.limits = { ...this.limits, ...limits }
    for (const key of Object.keys(limits)) this.write(['gate', key], at)
  }

  run(run: Run, at?: Origin): void {
    this.runs = run
    this.write(['run'], at)
  }

  update(strategy: UpdateStrategy, at?: Origin): void {
    this.strategy = strategy
    this.write(['update'], at)
  }

  develop(rule: ReloadRule): void {
    this.rules.push(rule)
    this.write(['develop', this.rules.length - 1], rule.origin)
  }

  label(key: string, value: string | null, at?: Origin): void {
    this.labels = this.merge('labels', this.labels, { key, value, at })
  }

  annotation(key: string, value: string | null, at?: Origin): void {
    this.annotations = this.merge('annotations', this.annotations, { key, value, at })
  }

  create(object: CreatedObject): void {
    this.creates.push(object)
    this.write(['creates', this.creates.length - 1], object.origin)
  }

  note(note: Note): void {
    this.notes.push(note)
  }

  report(diagnostic: Diagnostic): void {
    this.diagnostics.push(diagnostic)
  }

  /** The component as it stands. */
  finish(kind: WorkloadKind, traits: Component['traits']): Component {
    const { key, name, namespace, app, type, needs, origin } = this.source
    return {
      key,
      name,
      namespace,
      app,
      type: type.type,
      kind,
      pod: {
        containers: this.apps.map((container) => container.read()),
        initContainers: this.inits.map((container) => container.read()),
        volumes: this.volumes,
        hostAliases: this.hostAliases,
        graceMs: DEFAULT_GRACE_MS,
      },
      run: this.runs,
      services: this.services,
      routes: this.routes,
      published: this.published,
      sidecars: this.sidecars,
      scale: this.scalePolicy,
      ...(this.limits === undefined ? {} : { gate: this.limits }),
      needs,
      update: this.strategy,
      develop: this.rules,
      labels: this.labels,
      annotations: this.annotations,
      creates: this.creates,
      traits,
      notes: this.notes,
      origin,
    }
  }

  private merge(
    list: 'labels' | 'annotations',
    known: Readonly<Record<string, string>>,
    change: { readonly key: string; readonly value: string | null; readonly at: Origin | undefined },
  ): Readonly<Record<string, string>> {
    const { [change.key]: _, ...others } = known
    if (change.value === null) {
      this.book.forget([list, change.key])
      return others
    }
    this.write([list, change.key], change.at)
    return { ...known, [change.key]: change.value }
  }

  private write(path: readonly (string | number)[], at?: Origin): void {
    this.book.record(path, this.by.who, at ?? this.by.origin)
  }
}

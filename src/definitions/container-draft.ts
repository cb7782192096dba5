import { sameValue } from '../kernel/canonical-json.ts'
import type { Origin } from '../kernel/diagnostic.ts'
import type { Container, EnvVar, ImageRef, Mount, Port } from '../model/pod.ts'
import type { Probe, ProbeKind } from '../model/probe.ts'
import type { ContainerDraft, ContainerPatch } from './draft.ts'
import { isRecord } from './wording.ts'

/** Fields whose members have writers of their own. */
const PARTWISE: ReadonlySet<string> = new Set(['requests', 'limits', 'lifecycle'] satisfies (keyof ContainerPatch)[])

type Write = (path: readonly (string | number)[], at: Origin | undefined) => void

/** A container without anything but its image. */
export function emptyContainer(name: string, image: ImageRef): Container {
  return {
    name,
    image,
    pull: 'if-absent',
    env: [],
    ports: [],
    mounts: [],
    probes: {},
    lifecycle: {},
    requests: {},
    limits: {},
  }
}

/** Holds a container while it changes; every change is told to `write` with its path below the container. */
export class RecordedContainer implements ContainerDraft {
  readonly name: string
  private container: Container
  private readonly write: Write

  constructor(container: Container, write: Write) {
    this.name = container.name
    this.container = container
    this.write = write
  }

  read(): Container {
    return this.container
  }

  set(patch: ContainerPatch, at?: Origin): void {
    const before: Readonly<Record<string, unknown>> = { ...this.container }
    this.container = { ...this.container, ...patch }
    for (const [key, value] of Object.entries(patch)) {
      if (!PARTWISE.has(key) || !isRecord(value)) this.write([key], at)
      else for (const part of changedKeys(before[key], value)) this.write([key, part], at)
    }
  }

  env(variable: EnvVar): void {
    this.container = { ...this.container, env: putByName(this.container.env, variable) }
    this.write(['env', variable.name], variable.origin)
  }

  unsetEnv(name: string): void {
    this.container = { ...this.container, env: this.container.env.filter((variable) => variable.name !== name) }
  }

  clearEnv(): void {
    this.container = { ...this.container, env: [] }
  }

  port(port: Port): void {
    this.container = { ...this.container, ports: putByName(this.container.ports, port) }
    this.write(['ports', port.name], port.origin)
  }

  mount(mount: Mount, at?: Origin): void {
    const others = this.container.mounts.filter((known) => known.path !== mount.path)
    this.container = { ...this.container, mounts: [...others, mount] }
    this.write(['mounts', mount.path], at)
  }

  probe(kind: ProbeKind, probe: Probe | undefined, at?: Origin): void {
    const { [kind]: _, ...others } = this.container.probes
    this.container = { ...this.container, probes: probe === undefined ? others : { ...others, [kind]: probe } }
    this.write(['probes', kind], at)
  }
}

function changedKeys(before: unknown, after: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(after).filter((key) => !isRecord(before) || !sameValue(before[key], after[key]))
}

function putByName<T extends { readonly name: string }>(items: readonly T[], item: T): readonly T[] {
  const index = items.findIndex((known) => known.name === item.name)
  return index === -1 ? [...items, item] : items.with(index, item)
}

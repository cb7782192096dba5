import type { Origin } from '../kernel/diagnostic.ts'
import type { Millis } from '../kernel/instant.ts'
import type { Hook, Probes } from './probe.ts'

/** The application container first, then the side containers; they share a network identity and volumes. */
export interface Pod {
  readonly containers: readonly Container[]
  /** Run one after the other, each to success, before the containers start. */
  readonly initContainers: readonly Container[]
  readonly volumes: readonly Volume[]
  readonly hostAliases: readonly HostAlias[]
  readonly graceMs: Millis
  readonly hostname?: string
}

export interface Container {
  readonly name: string
  readonly image: ImageRef
  readonly pull: 'always' | 'if-absent' | 'never'
  /** Replaces the image's entrypoint (OAM `cmd`). `$(NAME)` of the environment is expanded, as Kubernetes does. */
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  readonly workdir?: string
  readonly env: readonly EnvVar[]
  readonly ports: readonly Port[]
  readonly mounts: readonly Mount[]
  readonly probes: Probes
  readonly lifecycle: { readonly postStart?: Hook; readonly preStop?: Hook }
  readonly requests: Resources
  readonly limits: Resources
  /** How the same container runs as a plain process; the process engine needs it. */
  readonly process?: ProcessForm
}

/** A local form of a container. The command replaces `command` and `args`; an empty list keeps them. */
export interface ProcessForm {
  /** Absolute directory. */
  readonly cwd: string
  readonly command: readonly string[]
  readonly env: readonly EnvVar[]
  readonly origin: Origin
}

export type ImageRef = {
  readonly ref: string
  /**
   * What runs in place of what the reference leads to, filled in by the control core. In a component: where the reference leads elsewhere
   * than when the component was first applied, which makes it another revision. In what an engine is given: where it does so by now.
   */
  readonly id?: string
} & (
  | { readonly from: 'registry' }
  | {
      readonly from: 'build'
      readonly context: string
      readonly dockerfile?: string
      readonly target?: string
      readonly args: Readonly<Record<string, string>>
    }
)

/** A value, or a reference that is resolved only when a replica starts. */
export type EnvValue =
  | string
  | { readonly secret: string; readonly key: string; readonly optional?: boolean }
  | { readonly config: string; readonly key: string; readonly optional?: boolean }
  | { readonly field: string }

export interface EnvVar {
  readonly name: string
  readonly value: EnvValue
  readonly origin: Origin
}

export interface Port {
  readonly name: string
  readonly number: number
  /** `tcp` when the model does not say more: the edge then looks at the first bytes. */
  readonly protocol: 'http1' | 'h2c' | 'tcp' | 'udp'
  readonly origin: Origin
}

/** cpu in cores, memory in bytes; absent means no limit. */
export interface Resources {
  readonly cpu?: number
  readonly memoryBytes?: number
}

export interface Volume {
  readonly name: string
  readonly source: VolumeSource
  readonly origin: Origin
}

export type VolumeSource =
  | { readonly type: 'named'; readonly claim: string }
  | { readonly type: 'bind'; readonly path: string }
  | { readonly type: 'empty'; readonly medium: 'disk' | 'memory' }
  | { readonly type: 'config'; readonly name: string; readonly items?: readonly VolumeItem[]; readonly mode: number }
  | { readonly type: 'secret'; readonly name: string; readonly items?: readonly VolumeItem[]; readonly mode: number }

export interface VolumeItem {
  readonly key: string
  readonly path: string
  readonly mode?: number
}

export interface Mount {
  readonly volume: string
  readonly path: string
  readonly subPath?: string
  readonly readOnly: boolean
}

export interface HostAlias {
  readonly ip: string
  readonly hostnames: readonly string[]
}

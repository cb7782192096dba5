import type { Origin } from '../kernel/diagnostic.ts'
import type { Millis } from '../kernel/instant.ts'
import type { ComponentKey } from './names.ts'
import type { Pod } from './pod.ts'
import type { Route } from './route.ts'
import type { InterceptorRoute, ScalePolicy, TriggerAuthentication } from './scale-policy.ts'
import type { Use } from './use.ts'

/** What must be true of another component before this one may start. */
export interface Need {
  readonly on: ComponentKey
  readonly until: 'started' | 'ready' | 'completed'
  readonly origin: Origin
}

/** `inputs[]`: a value by name, put at a path of the component's properties or traits before it is resolved. */
export interface InputBinding {
  readonly from: string
  /** Path below the component source: `['properties', ...]` or `['traits', 0, ...]`. */
  readonly to: readonly (string | number)[]
  readonly origin: Origin
}

/** `outputs[]`: a name for the value of an expression over the rendered object with its status. */
export interface OutputBinding {
  readonly name: string
  /** Paths, indices and `+` only; anything else of CUE is refused when the model is loaded. */
  readonly valueFrom: string
  readonly origin: Origin
}

/** A component as the user wrote it. The definitions turn it into a `Component`. */
export interface ComponentSource {
  readonly key: ComponentKey
  readonly name: string
  readonly namespace: string
  readonly app: string
  readonly type: Use
  /** Applied in list order, after the component type. */
  readonly traits: readonly Use[]
  /** What the overlay adds: applied last. */
  readonly local: readonly Use[]
  /** What documents beside the application say about its scaling: applied after the traits. */
  readonly scaling?: ScalingDocuments
  readonly needs: readonly Need[]
  readonly inputs: readonly InputBinding[]
  readonly outputs: readonly OutputBinding[]
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly origin: Origin
}

/** Documents about the scaling of one component. */
export interface ScalingDocuments {
  /** Those that name it as their target: ScaledObject, HorizontalPodAutoscaler, HTTPScaledObject. */
  readonly uses: readonly Use[]
  /** Those that its triggers may refer to. */
  readonly authentications: readonly TriggerAuthentication[]
  readonly interceptorRoutes: readonly InterceptorRoute[]
}

/** How often the pod runs. */
export type Run =
  | { readonly type: 'forever' }
  | {
      readonly type: 'to-completion'
      readonly parallelism: number
      readonly completions: number
      readonly backoffLimit: number
      readonly restart: 'never' | 'on-failure'
    }
  /** Known, accepted and listed, but nothing runs: counts as healthy and blocks nothing. */
  | { readonly type: 'not-simulated'; readonly why: string }

/** A number of replicas, or a share of the wanted ones. */
export type Share = { readonly count: number } | { readonly percent: number }

/** Defaults of a Deployment: surge 25 % rounded up, unavailable 25 % rounded down. Source: Kubernetes, DeploymentStrategy. */
export type UpdateStrategy =
  | { readonly type: 'replace' }
  | { readonly type: 'rolling'; readonly surge: Share; readonly unavailable: Share }
  | { readonly type: 'side-by-side' }

export interface ServicePort {
  readonly name: string
  /** The port of the name on the network. */
  readonly port: number
  /** The port of the container. */
  readonly target: number
  readonly protocol: 'tcp' | 'udp'
}

/** How many requests wait for the component, and how long, where the overlay says so. */
export interface GateLimits {
  /** Beyond it a request is answered 503 at once. */
  readonly maxHeld?: number
  /** In place of the hold time of routes and listeners. */
  readonly holdMs?: Millis
}

/** A name with its own address on the environment's network: only where the cloud would have one. */
export interface Service {
  readonly name: string
  readonly namespace: string
  readonly component: ComponentKey
  readonly ports: readonly ServicePort[]
  readonly headless: boolean
  readonly origin: Origin
}

/** A port of the user's machine that leads to a port of the component. */
export interface PublishedPort {
  readonly host: number
  readonly target: number
  readonly protocol: 'tcp' | 'udp'
  readonly origin: Origin
}

export interface ReloadRule {
  readonly paths: readonly string[]
  readonly ignore: readonly string[]
  readonly action: 'sync' | 'restart' | 'sync+restart' | 'sync+exec' | 'rebuild'
  readonly target?: string
  readonly exec?: readonly string[]
  readonly origin: Origin
}

/** Something accepted that behaves differently here, or not at all; shown by `status` and `explain`. */
export interface Note {
  readonly kind: 'approximated' | 'not-simulated'
  readonly subject: string
  readonly text: string
  readonly origin: Origin
}

/** What the cloud's controller would be; decides health rules and the shape of the rendered object. */
export type WorkloadKind = 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'Job' | 'none'

/** A component with its type, traits and overlay applied: what a revision is made of. */
export interface Component {
  readonly key: ComponentKey
  readonly name: string
  readonly namespace: string
  readonly app: string
  /** The type name the user wrote, for display. */
  readonly type: string
  readonly kind: WorkloadKind
  readonly pod: Pod
  readonly run: Run
  readonly services: readonly Service[]
  readonly routes: readonly Route[]
  readonly published: readonly PublishedPort[]
  readonly sidecars: readonly Use[]
  readonly scale: ScalePolicy
  /** From the overlay. */
  readonly gate?: GateLimits
  readonly needs: readonly Need[]
  readonly update: UpdateStrategy
  readonly develop: readonly ReloadRule[]
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  /** Config maps, secrets and claims that traits create with the component. Values of secrets are kept apart. */
  readonly creates: readonly CreatedObject[]
  readonly traits: readonly { readonly type: string; readonly simulated: boolean; readonly origin: Origin }[]
  readonly notes: readonly Note[]
  readonly origin: Origin
}

export type CreatedObject =
  | { readonly kind: 'ConfigMap'; readonly name: string; readonly data: Readonly<Record<string, string>>; readonly origin: Origin }
  | { readonly kind: 'Secret'; readonly name: string; readonly keys: readonly string[]; readonly origin: Origin }
  | { readonly kind: 'PersistentVolumeClaim'; readonly name: string; readonly origin: Origin }

/** Which line of the user's files, or which trait, put a value at a path of the resolved component. */
export interface Provenance {
  readonly path: readonly (string | number)[]
  readonly by: string
  readonly origin: Origin
}

/** A replica that does not end within this time after SIGTERM is killed. Source: Kubernetes, terminationGracePeriodSeconds = 30. */
export const DEFAULT_GRACE_MS: Millis = 30_000

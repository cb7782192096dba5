import { hashValue } from '../../../src/kernel/hash.ts'
import type { Revision } from '../../../src/model/desired.ts'
import type { Owner } from '../../../src/model/engine.ts'
import type { ComponentKey } from '../../../src/model/names.ts'
import type { CreateBody } from './containers.ts'
import { composeLabels, LABELS } from './labels.ts'

export interface SandboxPosition {
  readonly component: ComponentKey
  readonly ordinal: number
}

export interface SandboxOf extends SandboxPosition {
  /** Says hostname and host aliases; any revision of the component that the sandbox is for. */
  readonly revision: Revision
}

/** A sandbox that runs: containers join it with `NetworkMode: container:<id>`. */
export interface Sandbox {
  readonly id: string
  /** IPv4 address on the environment's network. */
  readonly address: string
}

/** What a sandbox gives to the containers that join it. */
export interface SandboxIdentity {
  readonly hostname: string
  /** `name:address`, as the engine wants them. */
  readonly hosts: readonly string[]
  readonly search: readonly string[]
}

/** Longest label of a name. Source: RFC 1035; Kubernetes cuts hostnames of pods there too. */
const MAX_HOSTNAME = 63
/** A name with fewer dots is looked up below the search path first. Source: Kubernetes, ClusterFirst. */
const NDOTS = 5

export function identityOf({ revision, ordinal }: SandboxOf): SandboxIdentity {
  const { pod, name, namespace } = revision.spec
  return {
    hostname: (pod.hostname ?? `${name}-${ordinal}`).slice(0, MAX_HOSTNAME).replace(/[-.]+$/, ''),
    hosts: pod.hostAliases.flatMap(({ ip, hostnames }) => hostnames.map((hostname) => `${hostname}:${ip}`)),
    search: [`${namespace}.svc.cluster.local`, 'svc.cluster.local', 'cluster.local'],
  }
}

/** A sandbox with another fingerprint cannot serve the revision. */
export function fingerprintOf(identity: SandboxIdentity): string {
  return hashValue(identity)
}

export interface SandboxPlace {
  readonly owner: Owner
  readonly home: string
  readonly image: string
  readonly network: { readonly name: string; readonly edge: string }
}

/** A container that does nothing, with an address, a hostname and a resolver. */
export function sandboxBody(of: SandboxOf, identity: SandboxIdentity, place: SandboxPlace): CreateBody {
  const { owner, home, image, network } = place
  const { component, ordinal, revision } = of
  return {
    Image: image,
    // `Entrypoint` too: the image's own one starts an edge.
    Entrypoint: ['sleep'],
    Cmd: ['2147483647'],
    Hostname: identity.hostname,
    // It has nothing to finish, and as first process it would not hear of anything milder.
    StopSignal: 'SIGKILL',
    Labels: {
      [LABELS.role]: 'sandbox',
      [LABELS.home]: home,
      [LABELS.environment]: owner.environment,
      [LABELS.instance]: owner.instance,
      [LABELS.app]: revision.app,
      [LABELS.component]: component,
      [LABELS.ordinal]: String(ordinal),
      [LABELS.fingerprint]: fingerprintOf(identity),
      ...composeLabels(owner.environment, `${component}-sandbox`, ordinal + 1),
    },
    HostConfig: {
      NetworkMode: network.name,
      ExtraHosts: [...identity.hosts],
      Dns: [network.edge],
      DnsSearch: [...identity.search],
      DnsOptions: [`ndots:${NDOTS}`],
      RestartPolicy: { Name: 'no' },
      LogConfig: { Type: 'none', Config: {} },
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
    },
  }
}

import { hashValue } from '../../../../src/kernel/hash.ts'
import type { Owner } from '../../../../src/model/engine.ts'
import { EDGE_NODE_FLAGS } from '../../shared/edge-channel.ts'
import { type CreateBody, ours } from '../containers.ts'
import type { DockerContext } from '../context.ts'
import { composeLabels, LABELS } from '../labels.ts'
import { type EnvironmentNetwork, edgeAddress, serviceRange } from '../network.ts'
import { type ControlledEdge, DATA_DIRECTORY, type EdgeControl } from './edge-control.ts'
import { type BusyPorts, LOOPBACK, type Publication, parsePublications, takenText } from './published-ports.ts'

/** The program in the house image. */
export const EDGE_PROGRAM = '/minipaas/edge.js'
const COMPOSE_SERVICE = 'minipaas-edge'
/** JSON array of `Publication`. */
const PUBLISHED_LABEL = 'io.minipaas.published'
const CONTROL_LABEL = 'io.minipaas.control'
/** Goes up when an edge that is made in another way cannot be left in place by a newer daemon. */
const RECIPE = 2

/** What an edge is made for. */
export interface EdgeOrder {
  readonly owner: Owner
  readonly image: string
  readonly network: EnvironmentNetwork
  readonly control: EdgeControl
}

export interface EdgeContainer extends ControlledEdge {
  readonly name: string
  readonly state: string
  readonly fingerprint: string
  readonly published: readonly Publication[]
}

/** The containers of an environment's edge, the one in force first. There are several while one is being replaced, or was by somebody who died. */
export async function findEdges(context: DockerContext, owner: Owner, signal: AbortSignal): Promise<readonly EdgeContainer[]> {
  const found = await context.docker.listContainers({ all: true, filters: ours(context, owner, 'edge'), abortSignal: signal })
  const lives = (state: string): number => Number(state === 'running' || state === 'restarting')
  return [...found]
    .sort((a, b) => lives(b.State) - lives(a.State) || b.Created - a.Created)
    .map(({ Id, Names: [name = ''], State, Labels }) => ({
      id: Id,
      name: name.replace(/^\//, ''),
      state: State,
      fingerprint: Labels[LABELS.fingerprint] ?? '',
      control: Labels[CONTROL_LABEL] === 'socket' ? 'socket' : 'stdio',
      published: parsePublications(Labels[PUBLISHED_LABEL]),
    }))
}

/** An edge with another fingerprint is at another address, or is made in another way. */
export function edgeFingerprint(network: EnvironmentNetwork): string {
  return hashValue({ network: network.id, subnet: network.subnet, recipe: RECIPE })
}

/**
 * The edge: at a fixed address of its environment's network, with the rights to take the addresses of services in its own
 * network namespace, controlled from inside its container only, and started again by the engine.
 */
export function edgeBody(order: EdgeOrder, place: { readonly home: string; readonly published: readonly Publication[] }): CreateBody {
  const { owner, image, network, control } = order
  const address = edgeAddress(network.subnet)
  const ports = place.published.flatMap(({ inside, host, transport = 'tcp' }) =>
    host === undefined ? [] : [{ key: `${inside}/${transport}`, host }],
  )
  return {
    Image: image,
    Entrypoint: ['node'],
    Cmd: [
      ...EDGE_NODE_FLAGS,
      EDGE_PROGRAM,
      // In its own layer of the image's file system: it outlives the process and goes with the container.
      ...['--directory', DATA_DIRECTORY],
      ...['--environment', owner.environment],
      ...['--control', control],
      ...['--service-range', serviceRange(network.subnet)],
    ],
    User: '0',
    OpenStdin: control === 'stdio',
    StdinOnce: false,
    Tty: false,
    StopSignal: 'SIGTERM',
    ExposedPorts: Object.fromEntries(ports.map(({ key }) => [key, {}])),
    Labels: {
      [LABELS.role]: 'edge',
      [LABELS.home]: place.home,
      [LABELS.environment]: owner.environment,
      [LABELS.instance]: owner.instance,
      [LABELS.fingerprint]: edgeFingerprint(network),
      [CONTROL_LABEL]: control,
      [PUBLISHED_LABEL]: JSON.stringify(place.published),
      ...composeLabels(owner.environment, COMPOSE_SERVICE, 1),
    },
    HostConfig: {
      NetworkMode: network.name,
      PortBindings: Object.fromEntries(ports.map(({ key, host }) => [key, [{ HostIp: LOOPBACK, HostPort: String(host) }]])),
      RestartPolicy: { Name: 'unless-stopped' },
      LogConfig: { Type: 'none', Config: {} },
      CapDrop: ['ALL'],
      CapAdd: ['NET_ADMIN', 'NET_BIND_SERVICE'],
      SecurityOpt: ['no-new-privileges'],
    },
    NetworkingConfig: {
      EndpointsConfig: { [network.name]: { IPAMConfig: { IPv4Address: address }, MacAddress: macOf(address) } },
    },
  }
}

/**
 * Always the same for an address, as older engines do by themselves: replicas remember it for every service address, and would send to
 * the one of the edge before for seconds. Source: libnetwork, 02:42 and the four bytes of the address.
 */
function macOf(address: string): string {
  const bytes = address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'))
  return ['02', '42', ...bytes].join(':')
}

/** Ports of the host that the engine's containers have, so that not each of them costs a start that fails. Not those of `except`. */
export async function busyPorts(context: DockerContext, except: readonly string[], signal: AbortSignal): Promise<BusyPorts> {
  const busy = new Map<number, string>()
  for (const {
    Id,
    Names: [name = Id],
    Ports,
  } of await context.docker.listContainers({ abortSignal: signal })) {
    if (except.includes(Id)) continue
    for (const { PublicPort: port, Type, IP } of Ports) {
      if (port === undefined || Type !== 'tcp' || ![LOOPBACK, '0.0.0.0', '', undefined].includes(IP)) continue
      busy.set(port, takenText(port, `container ${name.replace(/^\//, '')}`))
    }
  }
  return busy
}

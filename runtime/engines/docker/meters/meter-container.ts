import type { Owner } from '../../../../src/model/engine.ts'
import { type CreateBody, ours, removeContainer } from '../containers.ts'
import type { DockerContext } from '../context.ts'
import { PROGRAM_FOLDER } from '../edge/house-programs.ts'
import { composeLabels, LABELS } from '../labels.ts'
import { type EnvironmentNetwork, edgeAddress } from '../network.ts'
import { together } from '../pod/together.ts'

const METERS_PROGRAM = `${PROGRAM_FOLDER}/meters.js`
const COMPOSE_SERVICE = 'minipaas-meters'
/** `nobody`: it needs no rights, and what it reads from is not always friendly. */
const USER = '65534:65534'
/** Where a name without a namespace is looked up, as in a pod of the namespace that applications have when nothing is said. */
const SEARCH = ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local']
/** As sandboxes have it. */
const NDOTS = 5

export interface MeterOrder {
  readonly owner: Owner
  readonly home: string
  readonly image: string
  readonly network: EnvironmentNetwork
}

/**
 * The program that reads triggers: on the environment's network, where the edge resolves its names as it does for replicas. It lives as
 * long as one attached daemon and goes with it: the engine closes its input when that leaves, and removes what has ended.
 */
export function meterBody({ owner, home, image, network }: MeterOrder): CreateBody {
  return {
    Image: image,
    Entrypoint: ['node'],
    Cmd: [METERS_PROGRAM, '--stdio'],
    User: USER,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    OpenStdin: true,
    StdinOnce: true,
    Tty: false,
    // It is told over its input to end; as first process it would not hear of a signal.
    StopSignal: 'SIGKILL',
    Labels: {
      [LABELS.role]: 'meters',
      [LABELS.home]: home,
      [LABELS.environment]: owner.environment,
      [LABELS.instance]: owner.instance,
      ...composeLabels(owner.environment, COMPOSE_SERVICE, 1),
    },
    HostConfig: {
      NetworkMode: network.name,
      Dns: [edgeAddress(network.subnet)],
      DnsSearch: SEARCH,
      DnsOptions: [`ndots:${NDOTS}`],
      RestartPolicy: { Name: 'no' },
      AutoRemove: true,
      LogConfig: { Type: 'none', Config: {} },
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
    },
  }
}

/** Ends and removes the readers of an environment, whoever made them. */
export async function removeMeters(context: DockerContext, owner: Owner, signal: AbortSignal): Promise<void> {
  const found = await context.docker.listContainers({ all: true, filters: ours(context, owner, 'meters'), abortSignal: signal })
  await together(found.map(({ Id: id }) => removeContainer(context, id, signal)))
}

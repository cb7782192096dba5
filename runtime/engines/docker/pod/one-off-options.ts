import type { ExecOptions, ReplicaSpec } from '../../../../src/model/engine.ts'
import type { Container } from '../../../../src/model/pod.ts'
import type { CreateBody } from '../containers.ts'
import type { DockerContext } from '../context.ts'
import { composeLabels, LABELS } from '../labels.ts'
import { edgeAddress, ensureNetwork } from '../network.ts'
import { identityOf, sandboxBody } from '../sandbox-settings.ts'
import { containerOptions, environmentOption } from './container-options.ts'
import { environmentOf } from './exec-environment.ts'
import { containerMounts, type VolumePlaces } from './mounts.ts'
import { ownerLabels } from './pod-labels.ts'

/** What makes a container of its own a member of the environment: what a sandbox would give it. */
export type OneOffNetwork = Pick<CreateBody, 'Hostname'> & { readonly host: NonNullable<CreateBody['HostConfig']> }

export async function oneOffNetwork(context: DockerContext, spec: ReplicaSpec, signal: AbortSignal): Promise<OneOffNetwork> {
  const { owner } = spec.ref
  const { name, subnet } = await ensureNetwork(context, owner, signal)
  const of = { component: spec.revision.component, ordinal: spec.ordinal, revision: spec.revision }
  const place = { owner, home: context.place.home, image: '', network: { name, edge: edgeAddress(subnet) } }
  const { Hostname, HostConfig: host } = sandboxBody(of, identityOf(of), place)
  const { NetworkMode, ExtraHosts, Dns, DnsSearch, DnsOptions } = host ?? {}
  return { Hostname, host: { NetworkMode, ExtraHosts, Dns, DnsSearch, DnsOptions } }
}

export interface OneOffOrder {
  readonly spec: ReplicaSpec
  readonly model: Container
  readonly network: OneOffNetwork
  readonly places: VolumePlaces
  readonly home: string
  /** Of the command; an init container has none. */
  readonly options?: ExecOptions
}

/** A container that is nobody's replica. A command that is given takes the place of the image's entrypoint too. */
export function oneOffBody({ spec, model, network, places, home, options }: OneOffOrder): CreateBody {
  const { ref, revision } = spec
  const environment = spec.environmentOf(model.name)
  const body = containerOptions({
    model,
    environment,
    labels: {
      ...ownerLabels('one-off', ref.owner, home),
      [LABELS.app]: spec.app,
      [LABELS.component]: revision.component,
      [LABELS.replica]: ref.id,
      [LABELS.container]: model.name,
      ...composeLabels(ref.owner.environment, revision.component, spec.ordinal + 1),
      'com.docker.compose.oneoff': 'True',
    },
    networkMode: network.host.NetworkMode ?? '',
    mounts: containerMounts(model, revision.spec.pod.volumes, places),
    graceMs: revision.spec.pod.graceMs,
  })
  const host = { ...body.HostConfig, ...network.host }
  if (options === undefined) return { ...body, Hostname: network.Hostname, HostConfig: host }
  return {
    ...body,
    Hostname: network.Hostname,
    HostConfig: host,
    ...(options.command.length === 0 ? {} : { Entrypoint: [...options.command], Cmd: [] }),
    ...(options.workdir === undefined ? {} : { WorkingDir: options.workdir }),
    Env: [...environmentOption(environment), ...environmentOf(options)],
    Tty: options.tty !== undefined,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    OpenStdin: true,
    StdinOnce: true,
  }
}

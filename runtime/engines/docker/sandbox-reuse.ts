import type Docker from 'dockerode'
import type { Owner } from '../../../src/model/engine.ts'
import type { DockerContext } from './context.ts'
import { engineWords, faults } from './faults.ts'
import { LABELS } from './labels.ts'
import { edgeAddress, ensureNetwork } from './network.ts'
import { names } from './place.ts'
import { runningMembers } from './sandbox-container.ts'
import { fingerprintOf, type Sandbox, type SandboxIdentity, type SandboxOf } from './sandbox-settings.ts'

/** What a sandbox is wanted for. */
export interface SandboxOrder {
  readonly owner: Owner
  readonly of: SandboxOf
  readonly identity: SandboxIdentity
}

interface Found {
  readonly found: Docker.ContainerInspectInfo
  readonly signal: AbortSignal
}

/** The sandbox that is there, if it can serve; undefined when another one has to take its place. */
export async function reuseSandbox(context: DockerContext, order: SandboxOrder, at: Found): Promise<Sandbox | undefined> {
  const { found, signal } = at
  const { owner, of, identity } = order
  const address = found.State.Running ? addressOn(found, names.network(context.place, owner.environment)) : undefined
  if (found.Config.Labels[LABELS.fingerprint] === fingerprintOf(identity)) {
    return address === undefined ? revive(context, order, at) : { id: found.Id, address }
  }
  // Without an address nothing in it can be reached, so that nobody is disturbed.
  const members = address === undefined ? [] : await runningMembers(context, owner, { sandbox: found.Id, signal })
  if (members.length > 0) throw faults.sandboxInUse(of.component, of.ordinal, members)
  return undefined
}

/** One that ended is started again, one that was cut off is put on the network: what joined it may stay, and some engines insist on that. */
async function revive(context: DockerContext, { owner, of }: SandboxOrder, { found, signal }: Found): Promise<Sandbox | undefined> {
  const network = await ensureNetwork(context, owner, signal)
  // The network was made anew since, with another edge.
  if (found.HostConfig.Dns?.[0] !== edgeAddress(network.subnet)) return undefined
  const { Id: id } = found
  try {
    if (!found.State.Running) return await startSandbox(context, { id, network: network.name, signal })
    await context.docker.getNetwork(network.id).connect({ Container: id, abortSignal: signal } as Docker.NetworkConnectOptions)
    return await reachable(context, { id, network: network.name, signal })
  } catch (error) {
    signal.throwIfAborted()
    context.logger.log('debug', 'a sandbox cannot be used again and is replaced', { component: of.component, reason: engineWords(error) })
    return undefined
  }
}

interface Place {
  readonly id: string
  /** Name on the engine. */
  readonly network: string
  readonly signal: AbortSignal
}

export async function startSandbox(context: DockerContext, place: Place): Promise<Sandbox> {
  await context.docker.getContainer(place.id).start({ abortSignal: place.signal })
  return reachable(context, place)
}

async function reachable(context: DockerContext, { id, network, signal }: Place): Promise<Sandbox> {
  const address = addressOn(await context.docker.getContainer(id).inspect({ abortSignal: signal }), network)
  if (address === undefined) throw faults.sandboxEnded(id)
  return { id, address }
}

/** Address of a running container on a network; undefined when it has none there. */
function addressOn(found: Docker.ContainerInspectInfo, network: string): string | undefined {
  const address = found.NetworkSettings.Networks[network]?.IPAddress
  return address === undefined || address === '' ? undefined : address
}

import type Docker from 'dockerode'
import type { NetworkFacet, Owner } from '../../../src/model/engine.ts'
import { containerName, ignoreMissing, ours } from './containers.ts'
import type { DockerContext } from './context.ts'
import { engineWords, faults } from './faults.ts'
import { LABELS } from './labels.ts'
import { localSubnets } from './local-subnets.ts'
import { names } from './place.ts'
import { SharedRuns } from './shared-runs.ts'
import { candidateSubnets, firstAddress, formatSubnet, lastAddress, lowerHalf, parseSubnet, type Subnet, upperHalf } from './subnets.ts'

/** The network of an environment as it is on the engine. */
export interface EnvironmentNetwork {
  readonly id: string
  /** Name on the engine. */
  readonly name: string
  /** CIDR form, for example `10.112.16.0/20`. */
  readonly subnet: string
}

/** How many ranges the engine may refuse: it knows of networks that it does not list. */
const MAX_REFUSALS = 64

/** The edge's fixed address: the last usable one of the subnet. */
export function edgeAddress(subnet: string): string {
  return lastAddress(parsed(subnet))
}

/** Addresses for services in CIDR form: the upper half of the subnet. The edge's own address is the last usable one in it. */
export function serviceRange(subnet: string): string {
  return formatSubnet(upperHalf(parsed(subnet)))
}

/** The network if it is there. */
export async function findNetwork(context: DockerContext, owner: Owner, signal: AbortSignal): Promise<EnvironmentNetwork | undefined> {
  return pick(context, owner, await context.docker.listNetworks({ filters: ours(context, owner, 'network'), abortSignal: signal }))
}

/** The network, made where it is missing: a bridge of its own with a free subnet, whose lower half is for containers. Concurrent calls share one run. */
export function ensureNetwork(context: DockerContext, owner: Owner, signal: AbortSignal): Promise<EnvironmentNetwork> {
  const runs = making.get(context.docker) ?? new SharedRuns<EnvironmentNetwork>()
  making.set(context.docker, runs)
  return runs.run(names.network(context.place, owner.environment), signal, (shared) => makeMissing(context, owner, shared))
}

const making = new WeakMap<Docker, SharedRuns<EnvironmentNetwork>>()

async function makeMissing(context: DockerContext, owner: Owner, signal: AbortSignal): Promise<EnvironmentNetwork> {
  const all = await context.docker.listNetworks({ abortSignal: signal })
  const known = pick(context, owner, all)
  if (known !== undefined) return known
  const name = names.network(context.place, owner.environment)
  if (all.some((network) => network.Name === name)) throw faults.nameTaken('network', name)
  const taken = [...all.flatMap(subnetsOf), ...(context.endpoint.local ? await localSubnets() : [])]
  let refusals = 0
  let last = 'every private range is taken'
  for (const subnet of candidateSubnets(owner.environment, taken)) {
    try {
      return await settle(context, owner, { made: await create(context, owner, { subnet, signal }), signal })
    } catch (error) {
      const words = engineWords(error)
      // Somebody made it at the same time.
      const made = /already exists/i.test(words) ? await findNetwork(context, owner, signal) : undefined
      if (made !== undefined) return made
      if (!/overlap|already (?:being )?used|in use/i.test(words)) throw error
      last = words
      refusals++
      if (refusals === MAX_REFUSALS) break
    }
  }
  throw faults.noSubnet(owner.environment, last)
}

/** An engine may give one name to two networks when two daemons ask at the same time: both keep the same one of them. */
async function settle(
  context: DockerContext,
  owner: Owner,
  { made, signal }: { readonly made: string; readonly signal: AbortSignal },
): Promise<EnvironmentNetwork> {
  const kept = await findNetwork(context, owner, signal)
  if (kept?.id !== made) await ignoreMissing(context.docker.getNetwork(made).remove({ abortSignal: signal }))
  if (kept === undefined) throw faults.away('the network was removed while it was made')
  return kept
}

/** Removes the network; what of ours is still on it is disconnected first. One that is gone is success. */
export async function removeNetwork(context: DockerContext, owner: Owner, signal: AbortSignal): Promise<void> {
  const all = await context.docker.listNetworks({ filters: ours(context, owner, 'network'), abortSignal: signal })
  for (const { Id: id, Name: name } of all) await removeOne(context, { id, name, signal })
}

async function removeOne(
  context: DockerContext,
  { id, name, signal }: { readonly id: string; readonly name: string; readonly signal: AbortSignal },
): Promise<void> {
  const { docker, place } = context
  const network = docker.getNetwork(id)
  const on = await docker.listContainers({ all: true, filters: { network: [id] }, abortSignal: signal })
  const isOurs = ({ Labels: labels }: Docker.ContainerInfo): boolean => labels[LABELS.home] === place.home
  // Asked before, because some engines take the network away from whoever uses it.
  const others = on.filter((container) => !isOurs(container) && container.State === 'running')
  if (others.length > 0) throw faults.inUse('network', name, others.map(containerName))
  for (const container of on.filter(isOurs)) {
    await ignoreMissing(network.disconnect({ Container: container.Id, Force: true, abortSignal: signal }))
  }
  await ignoreMissing(network.remove({ abortSignal: signal }))
}

export function networkFacet(context: DockerContext): NetworkFacet {
  return {
    async ensure(_name, owner, signal) {
      await ensureNetwork(context, owner, signal)
    },
    remove: (_name, owner, signal) => removeNetwork(context, owner, signal),
  }
}

/** Of several, the one that was made first; those of others do not count. */
function pick(context: DockerContext, owner: Owner, all: readonly Docker.NetworkInspectInfo[]): EnvironmentNetwork | undefined {
  const { place } = context
  const name = names.network(place, owner.environment)
  const [found] = all
    .filter(({ Name, Labels: labels }) => Name === name && labels?.[LABELS.home] === place.home && labels[LABELS.role] === 'network')
    .sort((left, right) => compare(left.Created, right.Created) || compare(left.Id, right.Id))
  const [subnet] = found === undefined ? [] : subnetsOf(found)
  return found === undefined || subnet === undefined ? undefined : { id: found.Id, name, subnet: formatSubnet(subnet) }
}

function compare(left: string, right: string): number {
  return left < right ? -1 : Number(left > right)
}

async function create(
  context: DockerContext,
  owner: Owner,
  { subnet, signal }: { readonly subnet: Subnet; readonly signal: AbortSignal },
): Promise<string> {
  const name = names.network(context.place, owner.environment)
  const network = await context.docker.createNetwork({
    Name: name,
    CheckDuplicate: true,
    Driver: 'bridge',
    IPAM: {
      Driver: 'default',
      Config: [{ Subnet: formatSubnet(subnet), IPRange: formatSubnet(lowerHalf(subnet)), Gateway: firstAddress(subnet) }],
    },
    Labels: {
      [LABELS.role]: 'network',
      [LABELS.home]: context.place.home,
      [LABELS.environment]: owner.environment,
      [LABELS.instance]: owner.instance,
      [LABELS.name]: owner.environment,
      'com.docker.compose.project': owner.environment,
      'com.docker.compose.network': 'default',
    },
    abortSignal: signal,
  })
  return network.id
}

function subnetsOf(network: Docker.NetworkInspectInfo): readonly Subnet[] {
  const ranges = network.IPAM?.Config ?? []
  return ranges.flatMap(({ Subnet: text }) => (text === undefined ? [] : (parseSubnet(text) ?? [])))
}

function parsed(text: string): Subnet {
  const subnet = parseSubnet(text)
  if (subnet === undefined) throw new TypeError(`not an IPv4 subnet: ${text}`)
  return subnet
}

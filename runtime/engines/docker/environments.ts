import type Docker from 'dockerode'
import type { Owner } from '../../../src/model/engine.ts'
import { ignoreMissing, ours, removeContainer } from './containers.ts'
import type { DockerContext } from './context.ts'
import { LABELS } from './labels.ts'
import { removeNetwork } from './network.ts'
import { listOurVolumes } from './our-volumes.ts'
import { together } from './pod/together.ts'

/** Removals at a time. Source: measured, eight are as fast as more of them. */
const AT_ONCE = 8

/** Environments of this state directory with a container or a network. Volumes alone do not make one: they stay for the next `up`. */
export async function listEnvironments(context: DockerContext, signal: AbortSignal): Promise<readonly string[]> {
  const filters = ours(context)
  const [containers, networks] = await Promise.all([
    context.docker.listContainers({ all: true, filters, abortSignal: signal }),
    context.docker.listNetworks({ filters, abortSignal: signal }),
  ])
  const found = [...containers, ...networks].flatMap(({ Labels: labels }) => labels?.[LABELS.environment] ?? [])
  return [...new Set(found)].sort()
}

/** Whoever holds a container of the environment, and is told before it goes. */
type Host = { remove(owner: Owner, signal: AbortSignal): Promise<void> }

/** Ends and removes edge and readers, all containers, what they kept in volumes of their own, and the network; named volumes stay. */
export async function removeEnvironment(
  parts: { readonly context: DockerContext; readonly hosts: readonly Host[] },
  owner: Owner,
  signal: AbortSignal,
): Promise<void> {
  const { context, hosts } = parts
  await together([...hosts.map((host) => host.remove(owner, signal)), removeContainers(context, owner, signal)])
  const volumes = await listOurVolumes(context, owner, signal)
  const own = volumes.filter(({ Labels: labels }) => labels?.[LABELS.replica] !== undefined)
  await inTurns(own, ({ Name: name }) => ignoreMissing(context.docker.getVolume(name).remove({ abortSignal: signal })))
  await removeNetwork(context, owner, signal)
}

/** All but what hosts remove. Sandboxes go last: some engines keep one while a container that joined it exists. */
async function removeContainers(context: DockerContext, owner: Owner, signal: AbortSignal): Promise<void> {
  const all = await context.docker.listContainers({ all: true, filters: ours(context, owner), abortSignal: signal })
  const isSandbox = ({ Labels: labels }: Docker.ContainerInfo): boolean => labels[LABELS.role] === 'sandbox'
  const isHosted = ({ Labels: labels }: Docker.ContainerInfo): boolean => ['edge', 'meters'].includes(labels[LABELS.role] ?? '')
  const others = all.filter((container) => !isSandbox(container) && !isHosted(container))
  for (const group of [others, all.filter(isSandbox)]) await inTurns(group, ({ Id: id }) => removeContainer(context, id, signal))
}

/** A few at a time, all of them even when one fails; then the first failure is thrown. */
async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items]
  const failures: unknown[] = []
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      try {
        await work(item)
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  if (failures.length > 0) throw failures[0]
}

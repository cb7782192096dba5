import type Docker from 'dockerode'
import type { Millis } from '../../../src/kernel/instant.ts'
import type { Owner } from '../../../src/model/engine.ts'
import type { DockerContext } from './context.ts'
import { engineWords, hasStatus } from './faults.ts'
import { LABELS, type Role } from './labels.ts'

export type CreateBody = Omit<Docker.ContainerCreateOptions, 'name' | '_query' | '_body' | 'abortSignal'>

/**
 * Creates a container; resolves to its id.
 * The SDK would put the whole request into the address too, where a long one is refused and a secret may be logged.
 */
export async function createContainer(
  context: DockerContext,
  order: { readonly name: string; readonly body: CreateBody },
  signal: AbortSignal,
): Promise<string> {
  const { name, body } = order
  const container = await context.docker.createContainer({
    _query: { name },
    _body: body,
    abortSignal: signal,
  } as Docker.ContainerCreateOptions)
  return container.id
}

/** Filters for things of ours in one environment, or in all of this state directory. */
export function ours(context: DockerContext, owner?: Owner, ...roles: readonly Role[]): { label: string[] } {
  const label = [`${LABELS.home}=${context.place.home}`]
  if (owner !== undefined) label.push(`${LABELS.environment}=${owner.environment}`)
  const [role] = roles
  if (role !== undefined) label.push(`${LABELS.role}=${role}`)
  return { label }
}

/** How soon a container is asked for again that somebody else is removing, which takes about a tenth of a second. */
const REMOVAL_STEP: Millis = 50

/**
 * Ends a container at once and removes it with its anonymous volumes. Success when it is gone, also by somebody else's hand. The engine's
 * own wait for a removal (`condition=removed`) is not used: one that began as the removal ended was never answered (seen with 20.10).
 * Asking again also takes over a removal that has failed.
 */
export async function removeContainer(context: DockerContext, id: string, signal: AbortSignal): Promise<void> {
  const container = context.docker.getContainer(id)
  for (;;) {
    try {
      await container.remove({ force: true, v: true, abortSignal: signal })
      return
    } catch (error) {
      if (hasStatus(error, 404)) return
      if (!hasStatus(error, 409) || !/already in progress/i.test(engineWords(error))) throw error
    }
    await context.clock.sleep(REMOVAL_STEP, signal)
  }
}

/** The work, for which a thing that is not there any more is as good as done. */
export async function ignoreMissing(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!hasStatus(error, 404)) throw error
  }
}

/** The engine's lists begin names with a slash. */
export function containerName({ Names: [name = ''] }: Pick<Docker.ContainerInfo, 'Names'>): string {
  return name.replace(/^\//, '')
}

/** Networks of a listed container by name; Podman answers null where there is none. */
export function networksOf({
  NetworkSettings: settings,
}: Pick<Docker.ContainerInfo, 'NetworkSettings'>): Readonly<Record<string, Docker.NetworkInfo>> {
  const networks: Readonly<Record<string, Docker.NetworkInfo>> | null | undefined = settings?.Networks
  return networks ?? {}
}

/** The sandbox that a listed container joined. Podman does not tell the mode in its list, hence the label. */
export function joinedSandbox(container: Pick<Docker.ContainerInfo, 'HostConfig' | 'Labels'>): string {
  const host: { readonly NetworkMode?: string } | undefined = container.HostConfig
  const [, id] = /^container:(.+)$/.exec(host?.NetworkMode ?? '') ?? []
  return id ?? container.Labels[LABELS.sandbox] ?? ''
}

import type Docker from 'dockerode'
import type { Owner } from '../../../src/model/engine.ts'
import { joinedSandbox, ours, removeContainer } from './containers.ts'
import type { DockerContext } from './context.ts'
import { engineWords, faults, hasStatus } from './faults.ts'
import { LABELS } from './labels.ts'

/** The container that has a sandbox's name; a conflict fault when it is not ours. */
export async function findSandboxContainer(
  context: DockerContext,
  name: string,
  signal: AbortSignal,
): Promise<Docker.ContainerInspectInfo | undefined> {
  try {
    const found = await context.docker.getContainer(name).inspect({ abortSignal: signal })
    if (found.Config.Labels?.[LABELS.home] !== context.place.home) throw faults.nameTaken('container', name)
    return found
  } catch (error) {
    if (hasStatus(error, 404)) return undefined
    throw error
  }
}

interface Members {
  /** Id. */
  readonly sandbox: string
  readonly signal: AbortSignal
}

/** What runs in a sandbox, by the name of the container in its replica. */
export async function runningMembers(context: DockerContext, owner: Owner, of: Members): Promise<readonly string[]> {
  const members = await membersOf(context, owner, of)
  return members.filter(isRunning).map(({ Labels: labels, Id: id }) => labels[LABELS.container] ?? id.slice(0, 12))
}

/** Some engines keep a sandbox while a container that joined it exists: those that ended go first, with their output. */
export async function removeSandbox(context: DockerContext, owner: Owner, of: Members): Promise<void> {
  const { sandbox, signal } = of
  try {
    await removeContainer(context, sandbox, signal)
  } catch (error) {
    if (!/dependent containers/i.test(engineWords(error))) throw error
    for (const member of await membersOf(context, owner, of)) {
      if (!isRunning(member)) await removeContainer(context, member.Id, signal)
    }
    await removeContainer(context, sandbox, signal)
  }
}

async function membersOf(context: DockerContext, owner: Owner, { sandbox, signal }: Members): Promise<readonly Docker.ContainerInfo[]> {
  const all = await context.docker.listContainers({ all: true, filters: ours(context, owner), abortSignal: signal })
  return all.filter((container) => joinedSandbox(container) === sandbox)
}

function isRunning({ State: state }: Docker.ContainerInfo): boolean {
  return state === 'running' || state === 'paused'
}

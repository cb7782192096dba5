import type { DockerContext } from '../context.ts'
import { engineWords, hasStatus } from '../faults.ts'
import { isPodman } from './engine-kind.ts'

/** Exit code that is told of a container that somebody removed meanwhile: that of SIGKILL. */
const REMOVED = 137

/** Resolves to the exit code when the container is over, at once when it is already. */
export async function waitForExit(context: DockerContext, id: string, signal: AbortSignal): Promise<number> {
  try {
    const container = context.docker.getContainer(id)
    const { StatusCode: code } = (await container.wait({ abortSignal: signal })) as { readonly StatusCode: number }
    // Podman says 0 of one that was removed too.
    if (code === 0 && (await isPodman(context))) return (await container.inspect()).State.ExitCode
    return code
  } catch (error) {
    signal.throwIfAborted()
    if (hasStatus(error, 404) || /no such container/i.test(engineWords(error))) return REMOVED
    throw error
  }
}

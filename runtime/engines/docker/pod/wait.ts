import type { DockerContext } from '../context.ts'
import { hasStatus } from '../faults.ts'

/** Exit code that is told of a container that somebody removed meanwhile: that of SIGKILL. */
const REMOVED = 137

/** Resolves to the exit code when the container is over, at once when it is already. */
export async function waitForExit({ docker }: DockerContext, id: string, signal: AbortSignal): Promise<number> {
  try {
    const { StatusCode: code } = (await docker.getContainer(id).wait({ abortSignal: signal })) as { readonly StatusCode: number }
    return code
  } catch (error) {
    signal.throwIfAborted()
    if (hasStatus(error, 404)) return REMOVED
    throw error
  }
}

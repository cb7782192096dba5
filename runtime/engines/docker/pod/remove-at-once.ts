import { removeContainer } from '../containers.ts'
import type { DockerContext } from '../context.ts'
import { engineWords } from '../faults.ts'
import { killContainer } from './end-container.ts'
import { isPodman } from './engine-kind.ts'
import { never } from './parts.ts'

/** Ends a container without any grace and removes it. Podman would ask it to end first, and wait as long as its own grace. */
export async function removeAtOnce(context: DockerContext, id: string): Promise<void> {
  if (!(await isPodman(context))) return removeContainer(context, id, never)
  await killContainer(context, id)
  try {
    await removeContainer(context, id, never)
  } catch (error) {
    // Somebody else was faster; Podman does not say so by the status.
    if (!/no such container/i.test(engineWords(error))) throw error
  }
}

import { messageOf } from '../../../process-identity/system-error.ts'
import { markSecrets } from '../../shared/secret-marks.ts'
import { removeContainer } from '../containers.ts'
import { faults } from '../faults.ts'
import type { ContainerRun } from './create-container.ts'
import { killContainer } from './end-container.ts'
import { runHook } from './hooks.ts'
import { never, type PodParts } from './parts.ts'

export interface Created {
  readonly id: string
  readonly signal: AbortSignal
}

/** Starts a created container and runs its postStart hook. */
export async function startPodContainer(parts: PodParts, run: ContainerRun, { id, signal }: Created): Promise<void> {
  signal.throwIfAborted()
  await parts.context.docker.getContainer(id).start()
  await runPostStart(parts, run, { id, signal })
}

/** The same for a new run of a container: one that cannot be started does not stay; one whose hook fails is ended and stays for its output. */
export async function restartPodContainer(parts: PodParts, run: ContainerRun, { id, signal }: Created): Promise<void> {
  const { context } = parts
  try {
    await context.docker.getContainer(id).start()
  } catch (error) {
    await removeContainer(context, id, never)
    throw error
  }
  try {
    await runPostStart(parts, run, { id, signal })
  } catch (error) {
    await killContainer(context, id)
    throw error
  }
}

async function runPostStart({ context }: PodParts, { spec, model, sandbox }: ContainerRun, { id, signal }: Created): Promise<void> {
  const hook = model.lifecycle.postStart
  if (hook === undefined) return
  try {
    await runHook(context, hook, { container: id, sandbox }, signal)
  } catch (error) {
    signal.throwIfAborted()
    throw faults.hookFailed(model.name, markSecrets(messageOf(error), model, spec.environmentOf(model.name)))
  }
}

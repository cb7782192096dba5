import type { Millis } from '../../../../src/kernel/instant.ts'
import type { ReplicaSpec } from '../../../../src/model/engine.ts'
import { removeContainer } from '../containers.ts'
import type { Sandbox } from '../sandbox.ts'
import type { findModel } from './container-options.ts'
import { type ContainerRun, createPodContainer } from './create-container.ts'
import { endContainers } from './end-container.ts'
import { never, type PodParts, sandboxOf } from './parts.ts'
import type { PodContainer } from './pod-containers.ts'
import { prepareVolumes } from './prepare-volumes.ts'
import { sandboxForRestart } from './restart-sandbox.ts'
import { together } from './together.ts'

export interface Exchange {
  readonly found: NonNullable<ReturnType<typeof findModel>>
  /** Runs of the container that were started, the latest first. */
  readonly earlier: readonly PodContainer[]
  /** The other containers of the replica. */
  readonly siblings: readonly PodContainer[]
  readonly graceMs: Millis
}

/** Ends the old run and makes the new one, as far as possible before: what takes a while must not keep the container away. */
export async function exchangeRun(
  parts: PodParts,
  spec: ReplicaSpec,
  { found, earlier, siblings, graceMs }: Exchange,
  signal: AbortSignal,
): Promise<{ readonly run: ContainerRun; readonly id: string }> {
  const { context } = parts
  const { environment } = spec.ref.owner
  const volumes = await prepareVolumes(context, { spec, containers: [found.model], purpose: `volumes-${found.model.name}` }, signal)
  const place = { environment, replica: spec.ref.id, container: found.model.name }
  // A container that somebody removed before anything was noted of it ran once.
  const restarts = Math.max(1, context.restarts.next(place, earlier[0]?.restarts))
  const make = async (sandbox: Sandbox): Promise<{ run: ContainerRun; id: string }> => {
    const run = { ...found, spec, restarts, sandbox, places: volumes.places }
    return { run, id: await createPodContainer(parts, run) }
  }
  const ready = await sandboxForRestart(parts, spec, siblings, signal)
  const made = ready === undefined ? undefined : await make(ready)
  try {
    await together([volumes.cleaned, endContainers(context, earlier, { graceMs, signal })])
    signal.throwIfAborted()
    return made ?? (await make(await sandboxOf(parts, spec, signal)))
  } catch (error) {
    if (made !== undefined) await removeContainer(context, made.id, never)
    throw error
  }
}

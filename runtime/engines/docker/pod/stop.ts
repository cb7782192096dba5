import type { Millis } from '../../../../src/kernel/instant.ts'
import type { ReplicaRef } from '../../../../src/model/engine.ts'
import { endContainers } from './end-container.ts'
import type { PodParts } from './parts.ts'
import { listPodContainers } from './pod-containers.ts'

/** Ends all containers of a replica at the same time; it stays to be seen. A replica that is gone is success. */
export async function stopReplica({ context }: PodParts, of: ReplicaRef, graceMs: Millis, signal: AbortSignal): Promise<void> {
  await endContainers(context, await listPodContainers(context, of, signal), { graceMs, signal })
}

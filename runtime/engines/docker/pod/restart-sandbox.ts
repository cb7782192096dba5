import { FaultError } from '../../../../src/kernel/fault.ts'
import type { ReplicaSpec } from '../../../../src/model/engine.ts'
import type { Sandbox } from '../sandbox.ts'
import { findSandbox } from './find-sandbox.ts'
import { type PodParts, sandboxOf } from './parts.ts'
import { isAlive, type PodContainer } from './pod-containers.ts'

/**
 * The sandbox that a container is made anew in. When it would have to be replaced and other containers of the replica still run in it, that
 * one: a replica has one network. Undefined when only the container itself is in the way.
 */
export async function sandboxForRestart(
  parts: PodParts,
  spec: ReplicaSpec,
  siblings: readonly PodContainer[],
  signal: AbortSignal,
): Promise<Sandbox | undefined> {
  try {
    return await sandboxOf(parts, spec, signal)
  } catch (error) {
    if (!(error instanceof FaultError && error.fault.code === 'MP4206')) throw error
    const sibling = siblings.find(isAlive)
    return sibling === undefined ? undefined : findSandbox(parts.context, sibling.sandbox, signal)
  }
}

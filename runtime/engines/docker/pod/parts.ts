import type { ReplicaRef, ReplicaSpec } from '../../../../src/model/engine.ts'
import type { DockerContext } from '../context.ts'
import type { Sandbox, Sandboxes } from '../sandbox.ts'
import { Turns } from './turns.ts'

/** What the verbs of replicas share. */
export interface PodParts {
  readonly context: DockerContext
  readonly sandboxes: Sandboxes
  readonly turns: Turns
}

export function createParts(context: DockerContext, sandboxes: Sandboxes): PodParts {
  return { context, sandboxes, turns: new Turns() }
}

/** Names a replica among all environments of the engine. */
export function replicaKey({ owner, id }: ReplicaRef): string {
  return `${owner.environment}/${id}`
}

/** The running sandbox of a replica's component and ordinal. */
export function sandboxOf({ sandboxes }: PodParts, spec: ReplicaSpec, signal: AbortSignal): Promise<Sandbox> {
  const { component } = spec.revision
  return sandboxes.ensure(spec.ref.owner, { component, ordinal: spec.ordinal, revision: spec.revision }, signal)
}

/** For work that is done to its end although nobody waits for it any more. */
export const never = new AbortController().signal

import { FaultError } from '../kernel/fault.ts'
import type { ReplicaRef } from './engine.ts'

/** Faults that the contract of `Engine` defines: every engine reports them in these words, so that callers need not know which one it was. */
export const engineFaults = {
  noReplica: (of: ReplicaRef) =>
    new FaultError({
      kind: 'not-found',
      code: 'MP4107',
      message: `there is no replica ${of.id} in environment ${of.owner.environment}`,
      retry: 'never',
    }),
  noContainer: (of: ReplicaRef, container: string, known: readonly string[]) =>
    new FaultError({
      kind: 'not-found',
      code: 'MP4108',
      message: `replica ${of.id} has no container ${container}; it has ${known.join(', ')}`,
      retry: 'never',
    }),
  notRunning: (of: ReplicaRef, container: string) =>
    new FaultError({
      kind: 'conflict',
      code: 'MP4109',
      message: `container ${container} of replica ${of.id} is not running`,
      next: 'see its last output with `minipaas logs`',
      retry: 'soon',
    }),
  otherRevision: (of: ReplicaRef, hash: string) =>
    new FaultError({
      kind: 'conflict',
      code: 'MP4110',
      message: `replica ${of.id} exists already, made from other content (${hash})`,
      retry: 'backoff',
    }),
}

import { FaultError } from '../kernel/fault.ts'
import type { ReplicaRef } from '../model/engine.ts'
import type { EngineHealth } from '../model/observed.ts'

/** The faults of the memory engine; where another engine can have the same fault, the code is the same. */
export const faults = {
  away: (health: EngineHealth) =>
    new FaultError({
      kind: 'unavailable',
      code: 'MP4005',
      message: `the memory engine is ${health.state}: ${health.detail}`,
      retry: 'soon',
    }),
  initFailed: (container: string, exitCode: number | undefined) =>
    new FaultError({
      kind: 'unavailable',
      code: 'MP4103',
      message: `init container ${container} ended with exit code ${exitCode ?? 'unknown'}`,
      retry: 'backoff',
    }),
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

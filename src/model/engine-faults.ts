import { FaultError } from '../kernel/fault.ts'
import type { ReplicaRef } from './engine.ts'

/** Faults that the contract of `Engine` defines: every engine reports them in these words, so that callers need not know which one it was. */
export const engineFaults = {
  metersAway: (environment: string, why: string) =>
    new FaultError({
      kind: 'unavailable',
      code: 'MP4122',
      message: `the program that reads the triggers of environment ${environment} does not answer: ${why}`,
      next: 'it is started again with growing pauses; the log of the daemon has its output, and components keep their size meanwhile',
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
  initFailed: (container: string, how: string, output: string) =>
    new FaultError({
      kind: 'unavailable',
      code: 'MP4103',
      message: `init container ${container} ${how}${output === '' ? ' without output' : `; its last lines:\n${output}`}`,
      next: 'correct what the last lines complain about; it is tried again',
      retry: 'backoff',
    }),
  hookFailed: (container: string, why: string) =>
    new FaultError({
      kind: 'unavailable',
      code: 'MP4105',
      message: `the postStart hook of container ${container} failed: ${why}`,
      next: 'correct the hook; the container is ended, as in Kubernetes',
      retry: 'backoff',
    }),
  badMount: (container: string, volume: string, why: string) =>
    new FaultError({
      kind: 'invalid',
      code: 'MP4106',
      message: `volume ${volume} cannot be given to container ${container}: ${why}`,
      retry: 'backoff',
    }),
  noSidecars: (engine: string, type: string) =>
    new FaultError({
      kind: 'invalid',
      code: 'MP4112',
      message: `the ${engine} engine does not start sidecars of type ${type} yet`,
      retry: 'never',
    }),
}

/** The start ended with an init container that failed: what it said is still there. */
export function isInitFailure(error: unknown): boolean {
  return error instanceof FaultError && error.fault.code === 'MP4103'
}

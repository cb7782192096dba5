import { FaultError } from '../../../../src/kernel/fault.ts'
import { faults } from '../faults.ts'

/** The faults of replicas and their containers; the codes are those of the catalogue. */
export const podFaults = {
  noReplica: faults.noReplica,
  noContainer: faults.noContainer,
  notRunning: faults.notRunning,
  otherRevision: faults.otherRevision,
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
  noSidecars: (type: string) =>
    new FaultError({
      kind: 'invalid',
      code: 'MP4112',
      message: `the Docker engine does not start sidecars of type ${type} yet`,
      retry: 'never',
    }),
  noPath: (container: string, path: string) =>
    new FaultError({
      kind: 'not-found',
      code: 'MP4213',
      message: `there is no ${path} in container ${container}`,
      next: 'look for it with `minipaas exec`',
      retry: 'never',
    }),
}

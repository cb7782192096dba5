import { FaultError } from '../../../src/kernel/fault.ts'
import type { ReplicaRef } from '../../../src/model/engine.ts'
import { engineFaults } from '../../../src/model/engine-faults.ts'

export { isInitFailure } from '../../../src/model/engine-faults.ts'

/** The faults of the process engine; the codes are those of the catalogue. */
export const faults = {
  ...engineFaults,
  noProcessForm: (component: string, container: string, isApp: 'app' | 'other') =>
    new FaultError({
      kind: 'invalid',
      code: 'MP4101',
      message: `container ${container} of component ${component} has only an image, which the process engine cannot run`,
      next: `say in minipaas.yaml how it runs locally: components.${component}.${isApp === 'app' ? 'run' : `containers.${container}.run`}`,
      retry: 'never',
    }),
  cannotRun: (subject: string, why: string, next: string) =>
    new FaultError({ kind: 'invalid', code: 'MP4102', message: `${subject} cannot be started: ${why}`, next, retry: 'backoff' }),
  fixedPort: (component: string, port: number) =>
    new FaultError({
      kind: 'conflict',
      code: 'MP4104',
      message: `component ${component} listens on its own port ${port} instead of the one in PORT, so only one replica of it can run at a time`,
      next: 'let it listen on the port in the variable PORT, or keep one replica and update it by replacement',
      retry: 'backoff',
    }),
  badName: (what: string, name: string) =>
    new FaultError({
      kind: 'invalid',
      code: 'MP4111',
      message: `${JSON.stringify(name)} cannot be the name of ${what}`,
      next: 'use letters, digits, dots, hyphens and underscores, and begin with a letter or a digit',
      retry: 'never',
    }),
  noPort: (component: string) =>
    new FaultError({
      kind: 'unavailable',
      code: 'MP4113',
      message: `no free local port was found for component ${component}`,
      next: 'end programs that listen on many ports',
      retry: 'backoff',
    }),
  noConnection: (of: ReplicaRef, port: number, why: string) =>
    new FaultError({
      kind: 'unavailable',
      code: 'MP4114',
      message: `no connection to port ${port} of replica ${of.id}: ${why}`,
      next: '`minipaas logs` shows whether it listens there',
      retry: 'soon',
    }),
  noSignal: (signal: string) =>
    new FaultError({ kind: 'invalid', code: 'MP4115', message: `there is no signal ${signal} on this machine`, retry: 'never' }),
  edgeAway: (environment: string, why: string) =>
    new FaultError({
      kind: 'unavailable',
      code: 'MP4121',
      message: `the edge of environment ${environment} does not answer: ${why}`,
      next: 'run `minipaas doctor`',
      retry: 'backoff',
    }),
}

import { FaultError } from '../kernel/fault.ts'
import { engineFaults } from '../model/engine-faults.ts'
import type { EngineHealth } from '../model/observed.ts'

/** The faults of the memory engine; where another engine can have the same fault, the code is the same. */
export const faults = {
  ...engineFaults,
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
}

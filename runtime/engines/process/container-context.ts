import type { ReplicaRef } from '../../../src/model/engine.ts'
import { readEnvironment } from '../../process-identity/process-table-linux.ts'
import { faults } from './faults.ts'
import { isShimVariable } from './launch-posix.ts'
import type { Replica } from './replica.ts'
import type { ContainerRecord } from './replica-record.ts'

/** Where a further command of a container runs. The environment is kept by nobody: it is read from the running process. */
export interface ContainerContext {
  readonly cwd: string
  readonly environment: Map<string, string>
}

/** The named container, or the application's. */
export function chooseContainer(replica: Replica, name?: string): ContainerRecord {
  const { containers, environment, instance, id } = replica.record
  const found = name === undefined ? containers.find(({ role }) => role === 'app') : replica.container(name)
  if (found !== undefined) return found
  throw faults.noContainer(
    { owner: { environment, instance }, id },
    name ?? 'app',
    containers.map((container) => container.name),
  )
}

export function contextOf(replica: Replica, container: ContainerRecord, of: ReplicaRef): ContainerContext {
  if (container.process === undefined || !replica.isRunning(container.name)) throw faults.notRunning(of, container.name)
  const environment = new Map<string, string>()
  for (const entry of readEnvironment(container.process.pid).split('\0')) {
    const equals = entry.indexOf('=')
    if (equals > 0 && !isShimVariable(entry.slice(0, equals))) environment.set(entry.slice(0, equals), entry.slice(equals + 1))
  }
  if (environment.size > 0) return { cwd: container.cwd, environment }
  // No /proc: what this engine was told at the start, which an adopted replica lacks.
  const declared = replica.spec?.environmentOf(container.name) ?? new Map<string, string>()
  return { cwd: container.cwd, environment: new Map([...Object.entries(replica.context.inherited), ...declared]) }
}

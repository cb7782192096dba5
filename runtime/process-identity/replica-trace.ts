import { rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { REPLICA_RECORD } from './home-layout.ts'
import type { ProcessIdentity } from './identity.ts'
import { type EndOptions, endMembers } from './process-group.ts'
import { isObject, readRecord } from './record-file.ts'

/** Entries in the environment of every process of a replica, or of one of its containers. */
export function replicaMarks(directory: string, container?: string): readonly string[] {
  const marks = [`MINIPAAS_REPLICA_DIRECTORY=${directory}`]
  return container === undefined ? marks : [...marks, `MINIPAAS_CONTAINER=${container}`]
}

/** Ends a replica that is known by its directory only, and removes the directory with all that belongs to it. */
export async function endRecordedReplica(directory: string, options: EndOptions): Promise<void> {
  const record = readRecord(join(directory, REPLICA_RECORD))
  const marks = replicaMarks(directory)
  const leaders = leadersOf(record)
  await Promise.all(leaders.map((leader) => endMembers({ leader, marks }, options)))
  await endMembers({ leader: undefined, marks }, options)
  if (isObject(record) && typeof record.runtimeDirectory === 'string') await removeRuntimeDirectory(record.runtimeDirectory)
  await remove(directory)
}

function leadersOf(record: unknown): readonly ProcessIdentity[] {
  const containers: readonly unknown[] = isObject(record) && Array.isArray(record.containers) ? record.containers : []
  return containers.flatMap((container) => {
    const leader = isObject(container) ? container.process : undefined
    if (!isObject(leader) || typeof leader.pid !== 'number' || typeof leader.start !== 'string') return []
    return [{ pid: leader.pid, start: leader.start }]
  })
}

/** Removes `<memory>/<user>/<home>/<environment>/<replica>`, and the folders above it as far as they are empty. */
export async function removeRuntimeDirectory(directory: string): Promise<void> {
  await remove(directory)
  let folder = dirname(directory)
  for (let level = 0; level < 3; level++) {
    try {
      await rmdir(folder)
    } catch {
      return
    }
    folder = dirname(folder)
  }
}

async function remove(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true, maxRetries: 3, retryDelay: 20 })
}

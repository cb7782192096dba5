import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Instant, Millis } from '../../../src/kernel/instant.ts'
import type { ComponentKey, ReplicaId, RevisionId } from '../../../src/model/names.ts'
import type { ContainerRole } from '../../../src/model/observed.ts'
import type { Hook } from '../../../src/model/probe.ts'
import { REPLICA_RECORD } from '../../process-identity/home-layout.ts'
import type { ProcessIdentity } from '../../process-identity/identity.ts'
import { isObject, readRecord, writeRecord } from '../../process-identity/record-file.ts'

/** A container port and the loopback port it has on this machine. */
export interface LocalPort {
  readonly name: string
  readonly number: number
  readonly local: number
  /** Nobody listened on the container port before the start; known where sockets cannot be listed. */
  readonly declaredWasFree?: boolean
}

/** What is known of a container on disk. Never its environment or its arguments: they may hold secrets. */
export interface ContainerRecord {
  readonly name: string
  readonly role: ContainerRole
  readonly cwd: string
  readonly ports: readonly LocalPort[]
  readonly preStop?: Hook
  readonly restarts: number
  /** Absent before the first start. */
  readonly startedAt?: Instant
  /** Leader of the container's session. */
  readonly process?: ProcessIdentity
}

/** Everything an engine knows of a replica; what is observable can be told from this file and the processes alone. */
export interface ReplicaRecord {
  readonly version: 1
  /** A one-off ends with its session, so a later engine removes it. */
  readonly kind: 'replica' | 'one-off'
  readonly id: ReplicaId
  readonly environment: string
  readonly instance: string
  readonly app: string
  readonly component: ComponentKey
  readonly revision: RevisionId
  readonly hash: string
  readonly ordinal: number
  readonly restartToken: number
  readonly pushToken: number
  readonly graceMs: Millis
  /**
   * `starting` until all containers were started once; an engine that finds it in a file undoes the start. `failed`: an init
   * container ended badly, nothing runs, and the output stays to be read until the next start.
   */
  readonly progress: 'starting' | 'started' | 'failed'
  readonly since: Instant
  readonly frozen: boolean
  /** Where files of config and secret volumes are, outside the replica's directory. */
  readonly runtimeDirectory?: string
  readonly containers: readonly ContainerRecord[]
}

/** Paths inside a replica's directory. */
export function replicaFiles(directory: string) {
  return {
    record: join(directory, REPLICA_RECORD),
    logs: join(directory, 'logs'),
    logIndex: join(directory, 'log-index'),
    empty: join(directory, 'empty'),
    log: (container: string, stream: 'out' | 'err') => join(directory, 'logs', `${container}.${stream}`),
    /** Written by the shim when the container ends: its exit code. One for each start. */
    exit: (container: string, restarts: number) => join(directory, `${container}.${restarts}.exit`),
  }
}

export async function writeReplica(directory: string, record: ReplicaRecord): Promise<void> {
  await writeRecord(replicaFiles(directory).record, record)
}

/** Undefined when the directory holds no replica, or one of a version this engine does not know. */
export function readReplica(directory: string): ReplicaRecord | undefined {
  const value = readRecord(replicaFiles(directory).record)
  if (!isObject(value) || value.version !== 1 || typeof value.id !== 'string' || !Array.isArray(value.containers)) return undefined
  return value as unknown as ReplicaRecord
}

export function hasRecord(directory: string): boolean {
  return existsSync(replicaFiles(directory).record)
}

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Environments } from '../../src/control/environment-control.ts'

export interface DumpRequest {
  readonly folder: string
  readonly version: string
  /** When it happened, formatted. */
  readonly at: string
  readonly error: unknown
  readonly during: string
  readonly environments: Environments | undefined
}

/** Writes what was going on when something of ours failed, without secrets, and returns the file's path. Never throws. */
export function dumpState({ folder, version, at, error, during, environments }: DumpRequest): string {
  const path = join(folder, during === 'crash' ? 'crash.json' : 'internal-error.json')
  const dump = { at, version, during, error: describeError(error), environments: describeEnvironments(environments) }
  try {
    writeFileSync(path, `${JSON.stringify(dump, undefined, 2)}\n`, { mode: 0o600 })
  } catch (failure) {
    return `${path} (not written: ${describeError(failure)})`
  }
  return path
}

export function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function describeEnvironments(environments: Environments | undefined): unknown {
  if (environments === undefined) return 'none yet'
  try {
    return environments.names.map((name) => ({ name, state: environments.get(name)?.debug() }))
  } catch (error) {
    return describeError(error)
  }
}

import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import type { Clock } from '../../../../src/kernel/clock.ts'
import { withTimeLimit } from '../../../../src/kernel/time-limit.ts'
import type { EngineEndpoint } from './endpoint.ts'
import { ping } from './ping.ts'

/** What discovery looks at: files and settings of a machine, and whether an engine answers. */
export interface Machine {
  readonly platform: NodeJS.Platform
  /** Undefined where there are no user numbers. */
  readonly uid: number | undefined
  readonly homeDirectory: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Text of a file; undefined when it cannot be read. */
  read(path: string): Promise<string | undefined>
  /** Resolves when an engine answers there; rejects with why not. */
  ping(endpoint: EngineEndpoint, signal: AbortSignal): Promise<void>
}

/** A socket of this machine answers at once or not at all; a remote one may first have to log in. */
const LOCAL_LIMIT_MS = 1500
const REMOTE_LIMIT_MS = 4000

export function thisMachine(environment: Machine['environment'], clock: Clock): Machine {
  return {
    platform: process.platform,
    uid: process.getuid?.(),
    homeDirectory: environment.HOME ?? homedir(),
    environment,
    read: (path) => readFile(path, 'utf8').catch(() => undefined),
    ping: (endpoint, signal) =>
      withTimeLimit(clock, endpoint.local ? LOCAL_LIMIT_MS : REMOTE_LIMIT_MS, (limit) =>
        ping(endpoint, environment, AbortSignal.any([signal, limit])),
      ),
  }
}

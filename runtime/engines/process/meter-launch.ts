import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { FaultError } from '../../../src/kernel/fault.ts'
import { inheritedEnvironment } from '../../process-identity/base-environment.ts'
import type { CompanionRecord } from '../../process-identity/companion.ts'
import { identityOf, type ProcessIdentity } from '../../process-identity/identity.ts'
import { writeRecord } from '../../process-identity/record-file.ts'
import { messageOf } from '../../process-identity/system-error.ts'

export interface MeterLaunch {
  /** Where it runs. */
  readonly directory: string
  /** The identity file. */
  readonly record: string
  readonly command: readonly [program: string, ...args: string[]]
  readonly variables: Readonly<Record<string, string>>
}

export interface LaunchedMeters {
  readonly child: ChildProcessWithoutNullStreams
  /** As it is recorded; absent when it ended at once. */
  readonly identity?: ProcessIdentity
}

/** Starts the program with pipes, as the leader of a session of its own, and records whom to end. */
export async function launchMeters({ directory, record, command, variables }: MeterLaunch): Promise<LaunchedMeters> {
  const [program, ...args] = command
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const child = spawn(program, args, {
    cwd: directory,
    env: { ...inheritedEnvironment(process.env), ...variables },
    detached: true,
    windowsHide: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', reject)
    })
  } catch (error) {
    throw cannotStart(messageOf(error))
  }
  // Without a listener a later error would end this process. What happens to the pipes is told by their ends.
  for (const emitter of [child, child.stdin, child.stdout, child.stderr]) emitter.on('error', () => {})
  const identity = child.pid === undefined ? undefined : identityOf(child.pid)
  // One that has ended already says why on its standard error.
  if (identity === undefined) return { child }
  await writeRecord(record, { ...identity, command, variables } satisfies CompanionRecord)
  return { child, identity }
}

function cannotStart(why: string): FaultError {
  return new FaultError({
    kind: 'unavailable',
    code: 'MP4120',
    message: `the program that reads triggers cannot be started: ${why}`,
    next: 'run `minipaas doctor`',
    retry: 'backoff',
  })
}

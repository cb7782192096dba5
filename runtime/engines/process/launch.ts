import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, writeFileSync } from 'node:fs'
import { identityOf, type ProcessIdentity } from '../../process-identity/identity.ts'
import { directCall } from './launch-direct.ts'
import type { LaunchOrder } from './launch-order.ts'
import { shimCall } from './launch-posix.ts'

export interface Launched {
  readonly identity: ProcessIdentity
  /** Resolves when the process ended while this program was its parent. */
  readonly ended: Promise<void>
}

/** Starts a detached process in a session of its own, input from nowhere, output to files. Throws what the system says. */
export async function launch(order: LaunchOrder): Promise<Launched> {
  const call = (process.platform === 'win32' ? undefined : shimCall(order)) ?? directCall(order)
  const out = openSync(order.out, 'a', 0o600)
  const err = openSync(order.err, 'a', 0o600)
  let child: ChildProcess
  try {
    child = spawn(call.file, call.args, {
      ...(call.argv0 === undefined ? {} : { argv0: call.argv0 }),
      cwd: order.cwd,
      env: call.environment,
      detached: true,
      windowsHide: true,
      stdio: ['ignore', out, err],
    })
  } finally {
    closeSync(out)
    closeSync(err)
  }
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      // A shim that a signal ended has written nothing.
      if (call.exitFile === 'by-parent' || signal !== null) noteExit(order.exitFile, code ?? exitCodeOf(signal))
      resolve()
    })
  })
  if (child.pid === undefined) await new Promise((_, reject) => child.once('error', reject))
  child.on('error', () => {})
  child.unref()
  const pid = child.pid ?? 0
  // A process that is over already is a zombie until Node collects it; its identity no longer matters.
  return { identity: identityOf(pid) ?? { pid, start: 'ended' }, ended }
}

/** Records an exit code that nobody else could record; an existing record stays. */
export function noteExit(exitFile: string, code: number): void {
  try {
    writeFileSync(exitFile, `${code}\n`, { flag: 'wx', mode: 0o600 })
  } catch {
    // It is recorded, or the replica is gone.
  }
}

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
}

/** 128 + n. Source: POSIX, exit status of a command that a signal ended. */
export function exitCodeOf(signal: NodeJS.Signals | null): number {
  return 128 + (SIGNAL_NUMBERS[signal ?? ''] ?? 0)
}

/** The name of the signal in an exit code above 128, where it is one of the usual. */
export function signalOf(exitCode: number): string | undefined {
  return Object.keys(SIGNAL_NUMBERS).find((name) => SIGNAL_NUMBERS[name] === exitCode - 128)
}

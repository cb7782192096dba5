import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type Docker from 'dockerode'
import type { Millis } from '../../../../src/kernel/instant.ts'
import type { ExecOptions, ExecSession } from '../../../../src/model/engine.ts'
import type { DockerContext } from '../context.ts'
import { hasStatus } from '../faults.ts'
import { NO_DETACH_KEYS } from './attach.ts'
import { attachedSession } from './attached-session.ts'
import { environmentOf } from './exec-environment.ts'
import { killMarked, SESSION_VARIABLE } from './kill-marked.ts'
import { retryResize } from './terminal-size.ts'

/** Exit code of a command that was killed. Source: POSIX, 128 + 9. */
const KILLED = 137
/** Time for a killed command to be gone, before the session ends without it. */
const KILL_LIMIT: Millis = 3000
/** An engine tells the end of the output a moment before that of the command; one that closed its output goes on for longer. */
const FIRST_LOOK: Millis = 5
const SLOWEST_LOOK: Millis = 500

/** Opens a command in a running container. The signal ends the session, and the command where it can be found. */
export async function openCommand(
  context: DockerContext,
  container: string,
  { options, signal }: { readonly options: ExecOptions; readonly signal: AbortSignal },
): Promise<ExecSession> {
  const { docker, clock } = context
  const { tty } = options
  const mark = randomBytes(12).toString('hex')
  const exec = await docker.getContainer(container).exec({
    Cmd: [...options.command],
    Env: [...environmentOf(options), `${SESSION_VARIABLE}=${mark}`],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: tty !== undefined,
    DetachKeys: NO_DETACH_KEYS,
    ...(options.workdir === undefined ? {} : { WorkingDir: options.workdir }),
  })
  signal.throwIfAborted()
  const stream = (await exec.start({ hijack: true, stdin: true, Tty: tty !== undefined })) as Duplex
  const kill = (name: string): Promise<void> => killMarked(context, { container, mark, signal: name })
  const session = attachedSession({
    stream,
    hasTerminal: tty !== undefined,
    exitCode: () => exitCodeOf(context, exec, signal),
    resize: (columns, rows) => retryResize(clock, () => exec.resize({ w: columns, h: rows })),
    kill,
  })
  const end = async (): Promise<void> => {
    const enough = new AbortController()
    await Promise.race([kill('SIGKILL'), clock.sleep(KILL_LIMIT, enough.signal)]).catch(() => {})
    enough.abort()
    stream.destroy()
  }
  const abort = (): void => void end()
  signal.addEventListener('abort', abort, { once: true })
  void session.exitCode.catch(() => {}).then(() => signal.removeEventListener('abort', abort))
  if (signal.aborted) abort()
  if (tty !== undefined) session.resize(tty.columns, tty.rows)
  return session
}

async function exitCodeOf({ clock }: DockerContext, exec: Docker.Exec, signal: AbortSignal): Promise<number> {
  try {
    for (let pause = FIRST_LOOK; !signal.aborted; pause = Math.min(pause * 2, SLOWEST_LOOK)) {
      const { ExitCode: code, Running: running } = await exec.inspect()
      if (!running && code !== null) return code
      await clock.sleep(pause, signal)
    }
  } catch (error) {
    // The container was removed, and its commands with it.
    if (!signal.aborted && !hasStatus(error, 404)) throw error
  }
  return KILLED
}

import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import type { ExecSession, LogStream } from '../../../src/model/engine.ts'
import { exitCodeOf } from './launch.ts'

export interface CommandOrder {
  readonly program: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly environment: ReadonlyMap<string, string>
}

export interface CommandProcess {
  readonly session: ExecSession
  readonly pid: number
}

interface Chunk {
  readonly stream: LogStream
  readonly data: Uint8Array
}

/** Runs a command with pipes in a session of its own; the signal ends it with what it started. Throws what the system says. */
export async function openCommand(order: CommandOrder, signal: AbortSignal): Promise<CommandProcess> {
  signal.throwIfAborted()
  const child = spawn(order.program, order.args, {
    cwd: order.cwd,
    env: Object.fromEntries(order.environment),
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const { pid } = child
  const exitCode = new Promise<number>((resolve) => {
    child.once('exit', (code, name) => resolve(code ?? exitCodeOf(name)))
  })
  if (pid === undefined) await new Promise((_, reject) => child.once('error', reject))
  child.on('error', () => {})
  // A command that does not read its input is no fault.
  child.stdin.on('error', () => {})
  const abort = (): void => sendTo(child, 'SIGKILL')
  signal.addEventListener('abort', abort, { once: true })
  void exitCode.then(() => signal.removeEventListener('abort', abort))
  const session: ExecSession = {
    output: mergeOutput(child.stdout, child.stderr),
    write: (data) =>
      new Promise((resolve) => {
        if (child.stdin.writable) child.stdin.write(data, () => resolve())
        else resolve()
      }),
    endInput: () => child.stdin.end(),
    // Pipes have no size.
    resize: () => {},
    kill: (name) => sendTo(child, name as NodeJS.Signals),
    exitCode,
  }
  return { session, pid: pid ?? 0 }
}

/** To the whole group; only while the child is not collected, so that the number cannot be somebody else's. */
function sendTo(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal)
  } catch {
    // It ended between the two lines.
  }
}

/** Chunks as they come; a slow reader slows the command down, as a pipe does. */
async function* mergeOutput(out: Readable, err: Readable): AsyncGenerator<Chunk> {
  const take = async (stream: LogStream, source: AsyncIterator<Buffer>): Promise<Taken> => {
    try {
      return { stream, source, result: await source.next() }
    } catch {
      return { stream, source, result: { done: true, value: undefined } }
    }
  }
  const pending = new Map<LogStream, Promise<Taken>>([
    ['out', take('out', out[Symbol.asyncIterator]())],
    ['err', take('err', err[Symbol.asyncIterator]())],
  ])
  while (pending.size > 0) {
    const { stream, source, result } = await Promise.race(pending.values())
    if (result.done === true) {
      pending.delete(stream)
      continue
    }
    yield { stream, data: result.value }
    pending.set(stream, take(stream, source))
  }
}

interface Taken {
  readonly stream: LogStream
  readonly source: AsyncIterator<Buffer>
  readonly result: IteratorResult<Buffer, undefined>
}

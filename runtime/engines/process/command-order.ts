import { resolve } from 'node:path'
import type { ExecOptions, ExecSession } from '../../../src/model/engine.ts'
import { codeOf, messageOf } from '../../process-identity/system-error.ts'
import { type CommandProcess, openCommand } from './command-session.ts'
import { type CommandProblem, lookUp } from './container-command.ts'

/** Exit codes of a shell for what it cannot run. Source: POSIX, Shell Command Language, exit status for commands. */
const CANNOT_INVOKE = 126
const NOT_FOUND = 127

/** Where a command runs. */
export interface Place {
  readonly cwd: string
  readonly environment: ReadonlyMap<string, string>
}

/**
 * Runs a command with what the caller asked for. One that cannot be run ends like a shell's, with a line on standard error and 126
 * or 127, so that it reads the same whatever the engine. A terminal is approximated by `TERM=dumb` and its size in variables.
 */
export async function runOrder(
  options: ExecOptions,
  place: Place,
  signal: AbortSignal,
): Promise<CommandProcess | { readonly session: ExecSession; readonly pid: undefined }> {
  const environment = new Map(place.environment)
  for (const { name, value } of options.env ?? []) if (typeof value === 'string') environment.set(name, value)
  if (options.tty !== undefined) {
    environment.set('TERM', 'dumb')
    environment.set('COLUMNS', String(options.tty.columns))
    environment.set('LINES', String(options.tty.rows))
  }
  const cwd = options.workdir === undefined ? place.cwd : resolve(place.cwd, options.workdir)
  const program = lookUp(options.command, { cwd, path: environment.get('PATH') ?? '' })
  if (typeof program === 'string') return refused(...describe(program, options.command[0] ?? '', cwd))
  try {
    return await openCommand({ ...program, cwd, environment }, signal)
  } catch (error) {
    signal.throwIfAborted()
    // A script whose interpreter is missing is there and is not.
    return refused(`${program.program}: ${messageOf(error)}`, codeOf(error) === 'ENOENT' ? NOT_FOUND : CANNOT_INVOKE)
  }
}

function describe(problem: CommandProblem, name: string, cwd: string): readonly [text: string, code: number] {
  switch (problem) {
    case 'no-command':
      return ['no command was given', NOT_FOUND]
    case 'no-directory':
      return [`${cwd}: no such directory`, CANNOT_INVOKE]
    case 'no-program':
      return [`${name}: command not found`, NOT_FOUND]
    case 'not-executable':
      return [`${name}: not an executable program`, CANNOT_INVOKE]
  }
}

function refused(text: string, code: number): { readonly session: ExecSession; readonly pid: undefined } {
  async function* output(): AsyncGenerator<{ readonly stream: 'err'; readonly data: Uint8Array }> {
    yield { stream: 'err', data: Buffer.from(`minipaas: ${text}\n`) }
  }
  const nothing = (): void => {}
  return {
    pid: undefined,
    session: { output: output(), write: nothing, endInput: nothing, resize: nothing, kill: nothing, exitCode: Promise.resolve(code) },
  }
}

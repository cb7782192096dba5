import { resolve } from 'node:path'
import { FaultError } from '../../../src/kernel/fault.ts'
import type { ExecOptions } from '../../../src/model/engine.ts'
import { messageOf } from '../../process-identity/system-error.ts'
import { type CommandOrder, type CommandProcess, openCommand } from './command-session.ts'
import { resolveProgram } from './container-command.ts'
import { faults } from './faults.ts'

/** Where a command runs, and how it is called in messages. */
export interface Place {
  readonly cwd: string
  readonly environment: Map<string, string>
  readonly subject: string
}

/** Looks the program up and adds what the caller asked for. A terminal is approximated by `TERM=dumb` and its size in variables. */
export function orderOf(options: ExecOptions, place: Place): CommandOrder {
  const environment = new Map(place.environment)
  for (const { name, value } of options.env ?? []) if (typeof value === 'string') environment.set(name, value)
  if (options.tty !== undefined) {
    environment.set('TERM', 'dumb')
    environment.set('COLUMNS', String(options.tty.columns))
    environment.set('LINES', String(options.tty.rows))
  }
  const cwd = options.workdir === undefined ? place.cwd : resolve(place.cwd, options.workdir)
  const program = resolveProgram(options.command, { cwd, path: environment.get('PATH') ?? '', subject: place.subject, key: 'the command' })
  return { ...program, cwd, environment }
}

/** Runs the command; what the system refuses is a fault. */
export async function runOrder(order: CommandOrder, signal: AbortSignal): Promise<CommandProcess> {
  try {
    return await openCommand(order, signal)
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof FaultError) throw error
    throw faults.cannotRun(order.program, messageOf(error), 'check the command')
  }
}

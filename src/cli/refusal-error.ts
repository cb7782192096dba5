import type { Code } from '../kernel/diagnostic.ts'
import type { EXIT_CODES, Refusal } from '../wire/answers.ts'
import type { CliCode } from './codes.ts'

export type ExitName = keyof typeof EXIT_CODES

/** A command cannot go on: what is said, and the exit code it ends with. Thrown by commands and the client. */
export class RefusalError extends Error {
  readonly refusal: Refusal['error']
  readonly exit: ExitName

  constructor(refusal: Refusal['error'], exit: ExitName) {
    super(refusal.message)
    this.name = 'RefusalError'
    this.refusal = refusal
    this.exit = exit
  }
}

/** A refusal of the command line itself. */
export function refuse(code: CliCode, exit: ExitName, text: { readonly message: string; readonly next?: string }): RefusalError {
  return new RefusalError({ code: code satisfies Code, ...text }, exit)
}

/** A usage error: exit code 2. */
export function refuseUsage(message: string, next?: string): RefusalError {
  return refuse('MP8101', 'usage', next === undefined ? { message } : { message, next })
}

/** The connection to the daemon broke or could not be made; a daemon that is started again can be asked again. */
export class DaemonGoneError extends RefusalError {
  constructor(detail: string) {
    super(
      { code: 'MP8105', message: `the daemon does not answer: ${detail}`, next: 'Run the command again; it starts a daemon.' },
      'failed',
    )
    this.name = 'DaemonGoneError'
  }
}

/** The exit code for an HTTP status of a refusal (400/422: the user's, 404: unknown name, 503: the world's). */
export function exitForStatus(status: number, hasDiagnostics: 'diagnostics' | 'none'): ExitName {
  if (hasDiagnostics === 'diagnostics') return 'model'
  switch (status) {
    case 400:
      return 'usage'
    case 422:
      return 'model'
    case 503:
      return 'engine'
    default:
      return 'failed'
  }
}

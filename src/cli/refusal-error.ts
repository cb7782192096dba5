import type { Code } from '../kernel/diagnostic.ts'
import type { EXIT_CODES, Refusal } from '../wire/answers.ts'

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
export function refuse(code: Code, exit: ExitName, text: { readonly message: string; readonly next?: string }): RefusalError {
  return new RefusalError({ code, ...text }, exit)
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

/** Refusals that mean: what is asked for does not run. */
const NOT_RUNNING: ReadonlySet<Code> = new Set<Code>(['MP4109', 'MP8003', 'MP8011', 'MP8025'])

/** The exit of a refusal that came over HTTP: 400 and 404 are the caller's, 422 the model's, 503 the world's. */
export function exitForStatus(status: number, error: Refusal['error']): ExitName {
  if (NOT_RUNNING.has(error.code)) return 'notRunning'
  switch (status) {
    case 400:
    case 404:
      return 'usage'
    case 422:
      return 'model'
    case 503:
      return 'engine'
    default:
      return 'failed'
  }
}

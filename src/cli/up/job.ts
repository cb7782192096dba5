import type { ComponentKey } from '../../model/names.ts'
import type { ApplyAnswer } from '../../wire/answers.ts'
import type { ApplyRequest } from '../../wire/requests.ts'
import type { EnvironmentView } from '../../wire/views.ts'
import type { Client } from '../client/client.ts'
import type { Globals } from '../invocation.ts'
import type { Io } from '../io.ts'
import { ProgressBoard } from '../progress/board.ts'
import { createProgress, type Progress, silentProgress } from '../progress/progress.ts'
import { renderApplied } from './announce.ts'

/** One call of `up`. */
export interface UpJob {
  readonly client: Client
  readonly io: Io
  readonly globals: Globals
  readonly request: ApplyRequest
}

/** What was applied, and how it is shown. */
export interface Applied {
  readonly answer: ApplyAnswer
  readonly scope: ReadonlySet<ComponentKey>
  readonly applications: ReadonlySet<string>
  readonly board: ProgressBoard
  readonly progress: Progress
}

/** Says what was applied and where, and starts to show progress. */
export function beginProgress(job: UpJob, answer: ApplyAnswer): Applied {
  const { io, globals } = job
  const board = new ProgressBoard('up')
  const components = answer.applications.flatMap((application) => application.components)
  for (const component of components) board.expect(component, io.clock.now())
  writeRecord(job, { type: 'applied', ...answer })
  if (globals.format === 'text') io.stderr.write(renderApplied(answer, globals.err))
  return {
    answer,
    scope: new Set(components),
    applications: new Set(answer.applications.map((application) => application.name)),
    board,
    progress: globals.format === 'json' ? silentProgress(io) : createProgress({ io, board, paint: globals.err, live: globals.live }),
  }
}

/** A line of the stream that `--format json` asks for; nothing otherwise. */
export function writeRecord(job: UpJob, record: { readonly type: string } & Readonly<Record<string, unknown>>): void {
  if (job.globals.format === 'json') job.io.stdout.write(`${JSON.stringify({ schemaVersion: 1, ...record })}\n`)
}

/** True when none of the applications is there any more. */
export function isRemoved(view: EnvironmentView | undefined, applications: ReadonlySet<string>): boolean {
  return view === undefined || !view.applications.some((application) => applications.has(application.name))
}

import type { DownRequest } from '../../wire/requests.ts'
import type { EnvironmentView } from '../../wire/views.ts'
import type { Client } from '../client/client.ts'
import { viewIfPresent } from '../client/client.ts'
import { StatusRefusalError } from '../client/http.ts'
import type { Globals } from '../invocation.ts'
import type { Io } from '../io.ts'
import { ProgressBoard } from '../progress/board.ts'
import { createProgress, type Progress, silentProgress } from '../progress/progress.ts'
import { followEnvironment } from './follow.ts'
import type { Interrupts } from './interrupts.ts'

export interface Teardown {
  readonly client: Client
  readonly io: Io
  readonly globals: Globals
  readonly request: DownRequest
  /** One of these asks for an end at once. */
  readonly interrupts: Interrupts
}

/** Ends applications and returns when nothing of them is left: `forced` when the user would not wait for grace periods. */
export async function tearDown(teardown: Teardown): Promise<'graceful' | 'forced'> {
  const { client, io, request, interrupts } = teardown
  const before = await viewIfPresent(client)
  if (before === undefined) return 'graceful'
  const applications = request.applications ?? []
  const names = new Set(applications.length === 0 ? before.applications.map((application) => application.name) : applications)
  const board = new ProgressBoard('down')
  for (const component of componentsOf(before, names)) board.expect(component, io.clock.now())
  const progress = progressFor(teardown, board)
  const done = new AbortController()
  let outcome: 'graceful' | 'forced' = 'graceful'
  let forcing: Promise<void> = Promise.resolve()
  using _ = interrupts.listen(() => {
    if (outcome === 'forced') return
    outcome = 'forced'
    progress.message('stopping now\n')
    forcing = order(client, { ...request, timeout: 0 })
  })
  try {
    await order(client, request)
    await followEnvironment({
      client,
      io,
      after: before.seq,
      signal: done.signal,
      onEvent: ({ body, at }) => progress.changed(board.record(body, at)),
      onView: (view) => {
        progress.changed(board.correct(view, io.clock.now()))
        if (isGone(view, names)) done.abort()
      },
      onAway: () => progress.message('the daemon went away; starting one to finish\n'),
    })
    await forcing
  } finally {
    progress.close()
  }
  return outcome
}

function progressFor({ io, globals }: Teardown, board: ProgressBoard): Progress {
  return globals.format === 'json' ? silentProgress(io) : createProgress({ io, board, paint: globals.err, live: globals.live })
}

/** An environment that is gone meanwhile is as good as one that was ended. */
async function order(client: Client, request: DownRequest): Promise<void> {
  try {
    await client.down(request)
  } catch (error) {
    if (!(error instanceof StatusRefusalError && error.status === 404)) throw error
  }
}

function componentsOf(view: EnvironmentView, applications: ReadonlySet<string>): readonly string[] {
  return view.applications
    .filter(({ name }) => applications.has(name))
    .flatMap((application) => application.components.map(({ key }) => key))
}

/** The last application takes the edge with it. */
function isGone(view: EnvironmentView | undefined, applications: ReadonlySet<string>): boolean {
  if (view === undefined) return true
  if (view.applications.length === 0) return view.edge.state === 'none'
  return view.applications.every((application) => !applications.has(application.name))
}

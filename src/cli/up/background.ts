import { after, type Millis } from '../../kernel/instant.ts'
import { EXIT_CODES } from '../../wire/answers.ts'
import type { EnvironmentView } from '../../wire/views.ts'
import { renderAddresses, renderPending } from './announce.ts'
import { type Assessment, assess } from './assess.ts'
import { reportFailures } from './failures.ts'
import { followEnvironment } from './follow.ts'
import { Interrupts } from './interrupts.ts'
import { type Applied, beginProgress, isRemoved, type UpJob, writeRecord } from './job.ts'

export interface Patience {
  /** What must be true before the command returns. */
  readonly until: 'started' | 'healthy'
  readonly limit?: Millis
}

type Ending = 'reached' | 'failed' | 'suspended' | 'removed' | 'timeout' | 'interrupted'

/** `up -d`: applies, and returns once everything is started (or healthy), with the applications left running. */
export async function upInBackground(job: UpJob, patience: Patience): Promise<number> {
  const { client, io, globals } = job
  using interrupts = new Interrupts(io)
  const answer = await client.apply(job.request)
  const applied = beginProgress(job, answer)
  const { ending, view, assessment } = await waitFor(job, applied, patience, interrupts)
  applied.progress.close()
  const exitCode = await conclude({ job, applied, ending, assessment })
  if (view !== undefined && globals.format === 'text' && exitCode === EXIT_CODES.ok) {
    io.stderr.write(renderAddresses(view, applied.applications, globals.err))
    io.stderr.write(
      globals.err.dim(
        `running in the background: minipaas logs -f | minipaas status | minipaas down (environment ${answer.environment})\n`,
      ),
    )
  }
  writeRecord(job, {
    type: 'result',
    ending,
    exitCode,
    applications: view?.applications.filter(({ name }) => applied.applications.has(name)) ?? [],
  })
  return exitCode
}

interface Waited {
  readonly ending: Ending
  readonly view?: EnvironmentView
  readonly assessment?: Assessment
}

async function waitFor(job: UpJob, applied: Applied, patience: Patience, interrupts: Interrupts): Promise<Waited> {
  const { client, io } = job
  const done = new AbortController()
  let waited: Waited = { ending: 'interrupted' }
  let suspended = ''
  const end = (ending: Ending): void => {
    if (done.signal.aborted) return
    waited = { ...waited, ending }
    done.abort()
  }
  using _listening = interrupts.listen(() => end('interrupted'))
  if (interrupts.count > 0) end('interrupted')
  using _limit = patience.limit === undefined ? undefined : io.clock.at(after(io.clock.now(), patience.limit), () => end('timeout'))
  await followEnvironment({
    client,
    io,
    after: applied.answer.seq,
    signal: done.signal,
    onEvent: (envelope) => {
      writeRecord(job, { type: 'event', ...envelope })
      applied.progress.changed(applied.board.record(envelope.body, envelope.at))
    },
    onView: (view) => {
      applied.progress.changed(applied.board.correct(view, io.clock.now()))
      if (view === undefined || isRemoved(view, applied.applications)) return end('removed')
      const assessment = assess(view, applied.scope, io.clock.now())
      waited = { ...waited, view, assessment }
      const ending = endingOf(assessment, patience.until)
      if (ending !== undefined) return end(ending)
      const news = assessment.suspended.map(renderSuspended).join('')
      if (news !== suspended) applied.progress.message(news)
      suspended = news
    },
    onAway: () => applied.progress.message('the daemon went away; starting one\n'),
  })
  return waited
}

function endingOf(assessment: Assessment, until: Patience['until']): Ending | undefined {
  switch (assessment.state) {
    case 'failed':
      return 'failed'
    case 'healthy':
    case 'completed':
      return 'reached'
    case 'started':
      if (until === 'started') return assessment.suspended.length > 0 ? 'suspended' : 'reached'
      return undefined
    case 'pending':
      return until === 'started' && assessment.suspended.length > 0 ? 'suspended' : undefined
  }
}

function renderSuspended({ application, message }: Assessment['suspended'][number]): string {
  return `${application}: suspended: ${message}; go on with: minipaas workflow resume ${application}\n`
}

interface Conclusion {
  readonly job: UpJob
  readonly applied: Applied
  readonly ending: Ending
  readonly assessment: Assessment | undefined
}

async function conclude(conclusion: Conclusion): Promise<number> {
  const { job, ending, assessment } = conclusion
  const { io, globals } = job
  const pending = assessment === undefined ? '' : renderPending(assessment)
  switch (ending) {
    case 'reached':
      return EXIT_CODES.ok
    case 'suspended':
      io.stderr.write(`suspended; not started yet:\n${pending}`)
      return EXIT_CODES.ok
    case 'failed':
      if (assessment !== undefined) await reportFailures(job, assessment)
      return EXIT_CODES.componentFailed
    case 'timeout':
      io.stderr.write(`${globals.err.red('timeout')}: not healthy yet:\n${pending}`)
      return EXIT_CODES.timeout
    case 'interrupted':
      io.stderr.write(`interrupted; the applications go on in the background. End them: minipaas down -p ${job.client.environment}\n`)
      return EXIT_CODES.interrupted
    case 'removed':
      io.stderr.write('the applications were ended by somebody else\n')
      return EXIT_CODES.failed
  }
}

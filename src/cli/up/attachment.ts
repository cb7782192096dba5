import type { LogRecord } from '../../wire/answers.ts'
import type { Envelope, EventBody } from '../../wire/events.ts'
import type { EnvironmentView } from '../../wire/views.ts'
import { isShown, LogLines } from '../render/log-lines.ts'
import { renderAddresses, renderEvent } from './announce.ts'
import { type Assessment, assess } from './assess.ts'
import { followEnvironment } from './follow.ts'
import type { Interrupts } from './interrupts.ts'
import { type Applied, isRemoved, type UpJob, writeRecord } from './job.ts'
import { followLogs, readRest, TakenLines } from './log-stream.ts'

/** How the time in the foreground ended. */
type Ending = 'interrupted' | 'completed' | 'failed' | 'removed'

export interface Watch {
  readonly interrupts: Interrupts
  readonly startedAt: number
  readonly renewSession: () => Promise<void>
}

/** The time between apply and teardown: shows progress, then news, and output all along. */
export class Attachment {
  readonly #job: UpJob
  readonly #applied: Applied
  readonly #done = new AbortController()
  readonly #lines: LogLines
  #ready = false
  ending: Ending = 'interrupted'
  assessment: Assessment | undefined

  constructor(job: UpJob, applied: Applied) {
    this.#job = job
    this.#applied = applied
    this.#lines = new LogLines({ paint: job.globals.out, prefix: 'names', timestamps: 'hidden' })
  }

  async watch({ interrupts, startedAt, renewSession }: Watch): Promise<void> {
    const { client, io } = this.#job
    const { signal } = this.#done
    using _ = interrupts.listen(() => this.#end('interrupted'))
    if (interrupts.count > 0) return
    this.#lines.expect([...this.#applied.scope].map((key) => `${key}-0`))
    let renewal: Promise<void> = Promise.resolve()
    const events = followEnvironment({
      client,
      io,
      after: this.#applied.answer.seq,
      signal,
      onEvent: (envelope) => this.#event(envelope),
      onView: (view) => this.#view(view),
      onAway: () => this.#applied.progress.message('the daemon went away; starting one\n'),
      onBack: () => {
        renewal = renewSession().catch((error: unknown) => this.#applied.progress.message(`session: ${String(error)}\n`))
      },
    })
    const query = { components: [...this.#applied.scope], since: startedAt }
    const taken = new TakenLines()
    const logs = followLogs({ client, io, query, signal }, (record) => {
      taken.note(record)
      this.#print(record)
    })
    try {
      await Promise.race([events, logs])
    } finally {
      this.#done.abort()
      await Promise.allSettled([events, logs, renewal])
    }
    // The news that all have ended overtakes their last lines.
    if (this.ending === 'completed' || this.ending === 'failed') await readRest({ client, query, taken }, (record) => this.#print(record))
  }

  #print(record: LogRecord): void {
    if (this.#job.globals.format === 'json') writeRecord(this.#job, { type: 'log', ...record })
    else if (isShown(record, undefined)) this.#applied.progress.data(this.#lines.format(record))
  }

  #event(envelope: Envelope): void {
    const { progress, board } = this.#applied
    writeRecord(this.#job, { type: 'event', ...envelope })
    if (this.#job.globals.format === 'json') return
    const changed = board.record(envelope.body, envelope.at)
    if (!this.#ready) progress.changed(changed)
    const text = this.#ready || isNewsAtStart(envelope.body) ? renderEvent(envelope, this.#job.globals.err) : undefined
    if (text !== undefined && !this.#isOwnModel(envelope)) progress.message(text)
  }

  /** The first load is what the answer already said. */
  #isOwnModel({ body }: Envelope): boolean {
    return body.type === 'model.loaded' && !this.#ready
  }

  #view(view: EnvironmentView | undefined): void {
    const { io, globals } = this.#job
    const { progress, board, applications, scope } = this.#applied
    if (!this.#ready) progress.changed(board.correct(view, io.clock.now()))
    if (view === undefined || isRemoved(view, applications)) {
      this.#end('removed')
      return
    }
    const assessment = assess(view, scope, io.clock.now())
    this.assessment = assessment
    if (isOver(assessment)) {
      this.#end(assessment.state === 'completed' ? 'completed' : 'failed')
      return
    }
    const isReady = assessment.state === 'healthy' || (assessment.state === 'started' && assessment.suspended.length > 0)
    if (this.#ready || !isReady) return
    this.#ready = true
    progress.close()
    writeRecord(this.#job, { type: 'ready', edge: view.edge, applications: view.applications.filter(({ name }) => applications.has(name)) })
    if (globals.format === 'text')
      progress.message(
        `${globals.err.green('ready')}\n${renderAddresses(view, applications, globals.err)}${globals.err.dim('Ctrl+C stops')}\n`,
      )
  }

  #end(ending: Ending): void {
    if (this.#done.signal.aborted) return
    this.ending = ending
    this.#done.abort()
  }
}

/** While the board is open it shows most of what happens; and that engine and edge work is no news. */
function isNewsAtStart(body: EventBody): boolean {
  switch (body.type) {
    case 'component.healthy':
    case 'component.unhealthy':
    case 'replica.changed':
    case 'step.failed':
    case 'plan.changed':
    case 'workflow.step':
      return false
    case 'engine.changed':
      return body.health.state !== 'healthy'
    case 'edge.changed':
      return body.state === 'away'
    default:
      return true
  }
}

/** One-shots only, and all of them have ended, well or badly. */
function isOver({ components, state, failures }: Assessment): boolean {
  if (state === 'completed') return true
  const running = components.filter(({ component }) => component.simulated)
  const allJobs = running.length > 0 && running.every(({ component }) => component.kind === 'Job')
  const isSettled = running.every((each) => each.state === 'completed' || each.state === 'failed')
  return allJobs && (isSettled || failures.length > 0)
}

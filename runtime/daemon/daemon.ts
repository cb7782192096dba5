import { randomBytes } from 'node:crypto'
import type { Environments } from '../../src/control/environment-control.ts'
import type { ShutdownAnswer } from '../../src/wire/api-routes.ts'
import { type Api, type LifeCycle, openApi } from '../api/api.ts'
import { renderMetrics } from '../metrics/exposition.ts'
import { newToken } from '../state/discovery-file.ts'
import { type Compaction, createCompaction } from './compaction.ts'
import type { DaemonFiles } from './daemon-files.ts'
import type { Assembly, DaemonSetup } from './daemon-setup.ts'
import { keepBeating } from './heartbeat.ts'
import { createIdleness, type Idleness } from './idleness.ts'
import { createSessionBook, type SessionBook } from './session-book.ts'

/** How long closing the loops of the control core may take before the daemon ends without them. */
const STOP_LIMIT_MS = 10_000

/** One life of the daemon, from the lock to the exit code. */
export class Daemon implements LifeCycle {
  /** Resolves with the exit code once everything is closed. */
  readonly ended: Promise<number>
  readonly #setup: DaemonSetup
  readonly #files: DaemonFiles
  readonly #instance: string
  readonly #over = new AbortController()
  #end: (code: number) => void = () => {}
  #environments: Environments | undefined
  #endGuard: Assembly['endGuard'] | undefined
  #api: Api | undefined
  #sessions: SessionBook | undefined
  #idleness: Idleness | undefined
  readonly #compaction: Compaction
  #stopping: Promise<void> | undefined

  constructor(setup: DaemonSetup, files: DaemonFiles, instance: string) {
    this.#setup = setup
    this.#files = files
    this.#instance = instance
    this.#compaction = createCompaction({ clock: setup.clock, collect: () => setup.collectGarbage?.() })
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  /** Adopts what runs, then listens, then lets itself be found: whoever finds the daemon can use it. */
  async open(): Promise<void> {
    const { clock, version, me, idleMs, assemble } = this.#setup
    const { home, store, journal } = this.#files
    const { logger } = journal
    const startedAt = clock.now()
    const { environments, ensureGuard, endGuard } = await assemble({ home, clock, logger, version, instance: this.#instance, store })
    this.#environments = environments
    this.#endGuard = endGuard
    this.#idleness = createIdleness({ clock, idleMs, hasWork: () => !environments.idle(), onIdle: () => void this.stop('idle') })
    const guardWork = async (): Promise<void> => {
      if (!environments.idle()) await ensureGuard()
    }
    environments.onIdleChange(() => {
      this.#idleness?.review()
      guardWork().catch((error: unknown) => this.reportInternal(error, 'the start of the guard'))
    })
    this.#sessions = createSessionBook({
      clock,
      endSession: (session) => environments.endSession(session),
      onError: (error, session) => this.reportInternal(error, `the end of session ${session}`),
    })
    void keepBeating(
      {
        clock,
        logger,
        renewLease: () => this.#files.renewLease(),
        ensureGuard: guardWork,
        isLockHeld: () => this.#files.isLockHeld(),
        onLockLost: () => void this.stop('the lock of the state directory was lost'),
      },
      this.#over.signal,
    )
    await environments.start()
    if (this.#stopping !== undefined) return
    for (const session of environments.sessions()) this.#sessions.expect(session)
    const token = newToken()
    this.#api = await openApi({
      environments,
      clock,
      logger,
      token,
      version: { version, pid: me.pid, startedAt, instance: this.#instance },
      sessions: this.#sessions,
      lifeCycle: this,
      metrics: () => renderMetrics(environments, { version, startedAt, residentBytes: process.memoryUsage.rss() }),
    })
    const { port } = this.#api
    await this.#files.announce({ version, pid: me.pid, startTime: me.startTime, port, token, instance: this.#instance })
    logger.log('info', 'the daemon is ready', { version, pid: me.pid, port, instance: this.#instance, tookMs: clock.now() - startedAt })
    this.#idleness.review()
    this.#compaction.begin()
  }

  clientPresent(): Disposable {
    const presence = this.#idleness?.clientPresent()
    this.#compaction.interrupt()
    return {
      [Symbol.dispose]: () => {
        presence?.[Symbol.dispose]()
        if (this.#idleness?.clients === 0 && this.#stopping === undefined) this.#compaction.begin()
      },
    }
  }

  async shutdown(reason: string): Promise<ShutdownAnswer> {
    // Before the answer: a client that starts a successor next must not find this daemon again.
    await this.#files.withdraw()
    this.#setup.clock.at(this.#setup.clock.now(), () => void this.stop(reason))
    return { stopping: true }
  }

  async shutdownIfIdle(): Promise<ShutdownAnswer> {
    if (this.#environments?.idle() !== true) return { stopping: false, reason: 'applications are there' }
    const others = (this.#idleness?.clients ?? 1) - 1
    if (others > 0) return { stopping: false, reason: `${others} other ${others === 1 ? 'client is' : 'clients are'} connected` }
    return this.shutdown('idle and not needed')
  }

  reportInternal(error: unknown, during: string): string {
    const dump = this.#files.journal.report(error, during, this.#environments)
    return `this is a bug: please report it with ${dump}`
  }

  /** Ends the daemon in order; replicas and edges stay. Resolves when it is closed. */
  stop(reason: string): Promise<void> {
    this.#stopping ??= this.#close(reason)
    return this.#stopping
  }

  /** For errors that nobody caught: keeps what is known and gives up files and lock at once. */
  crash(error: unknown): void {
    this.#files.journal.report(error, 'crash', this.#environments)
    this.#files.closeNow()
  }

  async #close(reason: string): Promise<void> {
    const { logger } = this.#files.journal
    logger.log('info', 'the daemon stops', { reason })
    await this.#attempt('withdrawing', () => this.#files.withdraw())
    this.#over.abort()
    this.#idleness?.[Symbol.dispose]()
    this.#compaction[Symbol.dispose]()
    this.#sessions?.[Symbol.dispose]()
    await this.#attempt('closing the API', () => this.#api?.close())
    await this.#attempt('stopping the environments', () => this.#stopEnvironments())
    // While the lock is ours, so that no successor starts one at the same time.
    if (this.#environments?.idle() === true) await this.#attempt('ending the guard', () => this.#endGuard?.())
    logger.log('info', 'the daemon has stopped')
    await this.#attempt('closing files', () => this.#files.close())
    this.#end(0)
  }

  async #stopEnvironments(): Promise<void> {
    const limit = new AbortController()
    const tooLong = this.#setup.clock.sleep(STOP_LIMIT_MS, limit.signal).then(
      () => this.#files.journal.logger.log('warn', 'the environments did not stop in time'),
      () => {},
    )
    await Promise.race([this.#environments?.stop(), tooLong])
    limit.abort()
  }

  async #attempt(what: string, run: () => Promise<void> | undefined): Promise<void> {
    try {
      await run()
    } catch (error) {
      this.#files.journal.report(error, what, undefined)
    }
  }
}

export function newInstance(): string {
  return randomBytes(8).toString('hex')
}

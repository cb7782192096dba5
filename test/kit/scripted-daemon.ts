import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openApi } from '../../runtime/api/api.ts'
import { systemClock } from '../../runtime/time/system-clock.ts'
import type { Environments } from '../../src/control/environment-control.ts'
import { instant } from '../../src/kernel/instant.ts'
import { silentLogger } from '../../src/kernel/logger.ts'
import { DISCOVERY_FILE } from '../../src/wire/home.ts'
import type { ApplicationView } from '../../src/wire/views.ts'
import { scratchDirectory } from './scratch.ts'
import { ScriptedEnvironment, TEST_ENVIRONMENT } from './scripted-environment.ts'

/** The version that the daemon and the command line of a test have. */
export const TEST_VERSION = '1.2.3'

/** The real API over a scripted environment, in this process, found as a daemon is. */
export class ScriptedDaemon extends ScriptedEnvironment implements AsyncDisposable {
  readonly home: string
  /** Sessions: `connect`, `leave` (a goodbye) and `drop` in order. */
  readonly sessions: string[] = []
  readonly #scratch = scratchDirectory()
  #close: () => Promise<void> = async () => {}

  private constructor() {
    super()
    this.home = this.#scratch.path
  }

  static async open(applications: readonly ApplicationView[] = [], version = TEST_VERSION): Promise<ScriptedDaemon> {
    const daemon = new ScriptedDaemon()
    daemon.applications = applications
    await daemon.#listen(version)
    return daemon
  }

  /** A successor serves the API and is found before this one goes. */
  async replace(version: string): Promise<void> {
    const close = this.#close
    await this.#listen(version)
    await close()
  }

  async #listen(version: string): Promise<void> {
    const token = 'token-of-a-scripted-daemon-0123456789'
    const instance = `instance-${version}`
    const api = await openApi({
      environments: this.#environments(),
      clock: systemClock,
      logger: silentLogger,
      token,
      version: { version, pid: process.pid, startedAt: instant(0), instance },
      sessions: {
        expect: () => {},
        connect: () => {
          this.sessions.push('connect')
          return { leave: () => void this.sessions.push('leave'), drop: () => void this.sessions.push('drop') }
        },
      },
      lifeCycle: {
        clientPresent: () => ({ [Symbol.dispose]: () => {} }),
        shutdown: async (reason) => {
          this.called('shutdown', reason)
          return { stopping: true }
        },
        shutdownIfIdle: async () => {
          this.called('shutdownIfIdle', undefined)
          return { stopping: true }
        },
        reportInternal: (error, during) => {
          throw new Error(`scripted daemon: ${during}`, { cause: error })
        },
      },
      metrics: () => '',
    })
    const discovery = { version, pid: process.pid, startTime: 'now', port: api.port, token, instance }
    writeFileSync(join(this.home, DISCOVERY_FILE), JSON.stringify(discovery))
    this.#close = () => api.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close()
    this.#scratch[Symbol.dispose]()
  }

  #environments(): Environments {
    const environment = this.control()
    return {
      names: [TEST_ENVIRONMENT],
      get: (name) => (name === TEST_ENVIRONMENT ? environment : undefined),
      open: async () => environment,
      summaries: () => [environment.summary()],
      start: async () => {},
      endSession: async () => {},
      sessions: () => [],
      idle: () => this.applications.length === 0,
      onIdleChange: () => ({ [Symbol.dispose]: () => {} }),
      stop: async () => {},
    }
  }
}

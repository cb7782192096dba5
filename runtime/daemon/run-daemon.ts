import { homedir } from 'node:os'
import { FaultError } from '../../src/kernel/fault.ts'
import { DAEMON_EXIT } from '../../src/wire/discovery.ts'
import { homeDirectory } from '../../src/wire/home.ts'
import { ownIdentity, startTimeOf } from '../process-identity/identity.ts'
import { systemClock } from '../time/system-clock.ts'
import { type DaemonSetup, DEFAULT_IDLE_MS } from './daemon-setup.ts'
import { hookProcess } from './process-hooks.ts'
import { collectGarbage, preferSmallMemory } from './small-memory.ts'
import { startDaemon } from './start-daemon.ts'
import { describeError } from './state-dump.ts'

/** Runs the daemon in this process, with its settings from the environment, until it ends; exits the process. */
export async function runDaemon({ version, assemble }: Pick<DaemonSetup, 'version' | 'assemble'>): Promise<never> {
  const { env, platform } = process
  preferSmallMemory()
  const { pid, start: startTime } = ownIdentity()
  try {
    const setup: DaemonSetup = {
      home: homeDirectory({ env, platform, userHome: homedir() }),
      version,
      clock: systemClock,
      idleMs: idleMs(env.MINIPAAS_IDLE_SECONDS),
      debug: env.MINIPAAS_DEBUG ?? '',
      me: { pid, startTime },
      isAlive: (holder) => startTimeOf(holder.pid) === holder.startTime,
      collectGarbage,
      assemble,
    }
    const result = await startDaemon(setup, hookProcess)
    if (!result.started) process.exit(DAEMON_EXIT.alreadyRunning)
    process.exit(await result.daemon.ended)
  } catch (error) {
    // The launcher shows the last lines of this output.
    process.stderr.write(`minipaas daemon: ${error instanceof FaultError ? faultText(error) : describeError(error)}\n`)
    process.exit(DAEMON_EXIT.cannotStart)
  }
}

function idleMs(seconds: string | undefined): number {
  const value = Number(seconds)
  return seconds === undefined || seconds === '' || !Number.isFinite(value) || value < 0 ? DEFAULT_IDLE_MS : value * 1000
}

function faultText({ fault }: FaultError): string {
  return fault.next === undefined ? fault.message : `${fault.message}; ${fault.next}`
}

import type { Host } from '../../src/cli/invocation.ts'
import type { Interrupt, Io, Output } from '../../src/cli/io.ts'
import { runCli } from '../../src/cli/run-cli.ts'
import { systemClock } from '../../src/cli/system-clock.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import { after, type Millis } from '../../src/kernel/instant.ts'
import { TEST_VERSION } from './scripted-daemon.ts'
import { aSystem } from './trusting-system.ts'
import { VIEW_TIME } from './views.ts'

export interface CliSettings {
  /** State directory. */
  readonly home: string
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  readonly terminal?: 'yes' | 'no'
  /** Program to start as the daemon. */
  readonly daemon?: string
  readonly host?: Partial<Host>
}

/** One call of the command line inside the test: what it wrote so far, its end, and a way to interrupt it. */
export interface CliRun {
  readonly stdout: () => string
  readonly stderr: () => string
  readonly exit: Promise<number>
  interrupt(signal?: Interrupt): void
}

/** Runs the command line in the environment `shop` (unless the arguments say otherwise). */
export function startCli(args: readonly string[], settings: CliSettings): CliRun {
  const interrupts = new Set<(signal: Interrupt) => void>()
  const isTTY = settings.terminal === 'yes'
  const [out, err] = [new Recorder(isTTY), new Recorder(isTTY)]
  const io: Io = {
    stdout: out,
    stderr: err,
    stdin: {
      isTTY,
      text: async () => settings.stdin ?? '',
      bytes: async function* () {
        yield Buffer.from(settings.stdin ?? '')
      },
      raw: () => ({ [Symbol.dispose]: () => {} }),
    },
    env: { MINIPAAS_PROJECT_NAME: 'shop', ...settings.env },
    cwd: settings.cwd ?? settings.home,
    clock: stillClock,
    onInterrupt: (listener) => {
      interrupts.add(listener)
      return { [Symbol.dispose]: () => interrupts.delete(listener) }
    },
    onResize: () => ({ [Symbol.dispose]: () => {} }),
    uniqueName: () => 'test-1',
  }
  const host: Host = {
    io,
    place: { home: settings.home, program: settings.daemon ?? 'no-daemon.js', version: TEST_VERSION },
    loadModel: () => Promise.reject(new Error('this test loads no model')),
    engineChecks: async () => [],
    trustTools: async () => aSystem().tools,
    ...settings.host,
  }
  return {
    stdout: () => out.text,
    stderr: () => err.text,
    exit: runCli(args, host),
    interrupt: (signal = 'SIGINT') => {
      for (const listener of interrupts) listener(signal)
    },
  }
}

export interface CliResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The same for a command that ends by itself. */
export async function callCli(args: readonly string[], settings: CliSettings): Promise<CliResult> {
  const run = startCli(args, settings)
  return { code: await run.exit, stdout: run.stdout(), stderr: run.stderr() }
}

class Recorder implements Output {
  text = ''
  readonly columns = 100
  readonly rows = 40
  readonly isTTY: boolean

  constructor(isTTY: boolean) {
    this.isTTY = isTTY
  }

  async written(): Promise<void> {}

  write(data: string | Uint8Array): void {
    this.text += typeof data === 'string' ? data : Buffer.from(data).toString('utf8')
  }
}

/** Shows the same time always, so that ages are known; waiting takes as long as it should. */
const stillClock: Clock = {
  now: () => VIEW_TIME,
  sleep: (duration: Millis, signal?: AbortSignal) => systemClock.sleep(duration, signal),
  at: (when, run) => systemClock.at(after(systemClock.now(), when - VIEW_TIME), run),
}

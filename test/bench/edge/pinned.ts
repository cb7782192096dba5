import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { connect } from 'node:net'
import { systemClock } from '../../../runtime/time/system-clock.ts'
import { ensureDebianPackages } from '../../kit/docker/debian-packages.ts'

/** What is measured has one core; load and servers share the other one. */
export const MEASURED_CORE = 0
export const OTHER_CORE = 1

const LIMIT_MS = 10_000

/** A program that stays on one core and ends with the bench. */
export class PinnedProgram implements AsyncDisposable {
  readonly child: ChildProcess
  readonly #exited: Promise<void>

  constructor(core: number, command: readonly string[], options: { readonly env?: NodeJS.ProcessEnv; readonly controlled?: true } = {}) {
    this.child = spawn('taskset', ['-c', String(core), ...command], {
      stdio: [options.controlled ? 'pipe' : 'ignore', options.controlled ? 'pipe' : 'ignore', 'inherit'],
      env: { ...process.env, ...options.env },
    })
    this.#exited = new Promise((resolve) => this.child.once('exit', () => resolve()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGKILL')
    await this.#exited
  }
}

/** Resolves when something listens at the port of the loopback address. */
export async function listening(port: number): Promise<void> {
  const limit = performance.now() + LIMIT_MS
  while (!(await accepts(port))) {
    if (performance.now() > limit) throw new Error(`nothing listens at port ${port}`)
    await systemClock.sleep(10)
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/** Runs a program on the core of load and servers to its end; its standard output. Throws when it fails. */
export function runBeside(command: readonly string[]): string {
  const result = spawnSync('taskset', ['-c', String(OTHER_CORE), ...command], { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 })
  if (result.status !== 0) throw new Error(`${command.join(' ')} ended with ${result.status}: ${result.stdout}${result.stderr}`)
  return result.stdout
}

/** Installs peers and load generators where they are missing. */
export function ensurePeers(): void {
  ensureDebianPackages(
    { nginx: 'nginx-light', haproxy: 'haproxy', caddy: 'caddy', wrk: 'wrk', taskset: 'util-linux' },
    'Without them there is nothing to compare the edge with: leave `edge` out of the names of benches.',
  )
}

import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { Discovery } from '../../../src/wire/answers.ts'

/** The programs as they are shipped; a bench runs in the repository's root. */
export const DIST = resolve('dist')
const LIMIT_MS = 60_000

/** A state directory and a project directory of one bench, with the command line over them. */
export class BenchPlace implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'minipaas-bench-'))
  readonly home = join(this.folder, 'home')
  readonly project = join(this.folder, 'shop')
  readonly environment: NodeJS.ProcessEnv

  constructor() {
    for (const path of [this.home, this.project]) mkdirSync(path, { mode: 0o700 })
    const { NODE_EXTRA_CA_CERTS: _certificates, NODE_OPTIONS: _options, ...inherited } = process.env
    this.environment = { ...inherited, MINIPAAS_HOME: this.home, MINIPAAS_IDLE_SECONDS: '600' }
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.project, name)), { recursive: true })
      writeFileSync(join(this.project, name), text)
    }
  }

  /** Runs Node to its end; throws when it fails. */
  node(...args: readonly string[]): SpawnSyncReturns<string> {
    const options = { cwd: this.project, env: this.environment, timeout: LIMIT_MS, encoding: 'utf8' } as const
    const result = spawnSync(process.execPath, args, options)
    if (result.status !== 0) throw new Error(`node ${args.join(' ')} ended with ${result.status}: ${result.stdout}${result.stderr}`)
    return result
  }

  cli(...args: readonly string[]): SpawnSyncReturns<string> {
    return this.node(join(DIST, 'cli.js'), ...args)
  }

  get daemon(): Discovery {
    return JSON.parse(readFileSync(join(this.home, 'daemon.json'), 'utf8')) as Discovery
  }

  /** Resident memory of a process, in MiB. */
  residentOf(pid: number): number {
    const { stdout } = spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })
    const kib = Number(stdout.trim())
    if (!(kib > 0)) throw new Error(`process ${pid} is gone`)
    return kib / 1024
  }

  /** Takes down what was brought up, ends the daemon, and removes everything. */
  [Symbol.dispose](): void {
    spawnSync(process.execPath, [join(DIST, 'cli.js'), 'down', '-v'], { cwd: this.project, env: this.environment, timeout: LIMIT_MS })
    try {
      const { pid } = this.daemon
      process.kill(pid, 'SIGTERM')
      for (let tries = 0; tries < 500; tries++) {
        process.kill(pid, 0)
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
      }
    } catch {
      // It has gone.
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }
}

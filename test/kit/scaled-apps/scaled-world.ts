import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { normaliseName } from '../../../src/cli/globals.ts'
import { API_ROUTES } from '../../../src/wire/api-routes.ts'
import type { Envelope, EventBody, EventOf } from '../../../src/wire/events.ts'
import type { ScaleView } from '../../../src/wire/scale-view.ts'
import { type Called, cliProgram, daemonLog, minipaas, webPort } from '../cli.ts'
import { askDaemon, readDiscovery } from '../daemon-process.ts'
import { eventually } from '../eventually.ts'
import type { Ground } from './ground.ts'

/** Starts of real servers on a busy machine. */
const LIMIT_MS = 90_000

/** An application that is scaled, seen and moved through the built command line. */
export class ScaledWorld implements AsyncDisposable {
  readonly ground: Ground
  readonly #forwards: ChildProcess[] = []

  constructor(ground: Ground) {
    this.ground = ground
  }

  /** Runs a command, whatever it answers. */
  try(...args: readonly string[]): Promise<Called> {
    return minipaas(args, this.ground.settings)
  }

  /** Runs a command that has to succeed. */
  async call(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.try(...args)
    if (code === 0) return stdout
    throw new Error(`${args.join(' ')} ended with ${code}\n${stdout}${stderr}${daemonLog(this.ground.home)}${await this.ground.account()}`)
  }

  /** Outside port of the edge, which nobody waits for while all components sleep. */
  port(): Promise<number> {
    return eventually(() => webPort(this.ground.settings), LIMIT_MS)
  }

  /** What `explain scale` shows, asked for as it does. */
  async scale(component: string): Promise<ScaleView> {
    const discovery = readDiscovery(this.ground.home)
    if (discovery === undefined) throw new Error('there is no daemon')
    const { status, body } = await askDaemon(discovery, API_ROUTES.scale(this.#environment, component))
    if (status !== 200) throw new Error(`the daemon answers ${status}: ${JSON.stringify(body)}`)
    return body as ScaleView
  }

  /** Looks at `explain scale` until the check no longer throws; fails with what it says then. */
  async until(component: string, check: (view: ScaleView) => boolean): Promise<ScaleView> {
    return await eventually(async () => {
      const view = await this.scale(component)
      if (check(view)) return view
      throw new Error(`${check.toString()}\n${await this.call('explain', 'scale', component)}`)
    }, LIMIT_MS)
  }

  /** The changes of size so far, as they were told. */
  decided(component: string): readonly EventOf<'scale.decided'>[] {
    return this.events().flatMap((event) => (event.type === 'scale.decided' && event.component === component ? [event] : []))
  }

  /** Everything that was told of the environment so far, as the files have it: a moment late. */
  events(): readonly EventBody[] {
    const folder = join(this.ground.home, 'environments', this.#environment, 'events')
    const lines = (existsSync(folder) ? readdirSync(folder) : [])
      .sort()
      .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    return lines.flatMap((line) => (line === '' ? [] : [(JSON.parse(line) as Envelope).body]))
  }

  /** A local port that leads to a port of a component for as long as this world lasts: `minipaas port-forward`. */
  async forward(component: string, remote: number): Promise<number> {
    const { cwd, env } = this.ground.settings
    const child = spawn(process.execPath, [cliProgram, 'port-forward', component, `:${remote}`, '--format', 'json'], {
      cwd,
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#forwards.push(child)
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString('utf8')
      })
    }
    return await eventually(() => {
      const local = /"local":(\d+)/.exec(output)?.[1]
      if (local === undefined) throw new Error(`${component} is not forwarded:\n${output}`)
      return Number(local)
    }, LIMIT_MS)
  }

  /** Ends the application; nothing of it is left. */
  async down(): Promise<void> {
    this.#endForwards()
    await this.call('down')
    await this.ground.expectDown()
  }

  get #environment(): string {
    return normaliseName(basename(this.ground.settings.cwd))
  }

  #endForwards(): void {
    for (const child of this.#forwards.splice(0)) child.kill('SIGKILL')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#endForwards()
    await this.ground[Symbol.asyncDispose]()
  }
}

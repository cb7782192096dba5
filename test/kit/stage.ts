import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isFree } from '../../runtime/engines/process/ports.ts'
import { startTimeOf } from '../../runtime/process-identity/identity.ts'
import { childrenOf } from '../../runtime/process-identity/process-table-linux.ts'
import type { ReplicaView } from '../../src/wire/views.ts'
import { type Called, type CallSettings, cliProgram, daemonLog, type Home, leftovers, minipaas } from './cli.ts'
import { eventually } from './eventually.ts'
import { scratchDirectory } from './scratch.ts'

const webApp = fileURLToPath(new URL('programs/web-app.mjs', import.meta.url))
/** The environment of every command of a stage. */
const ENVIRONMENT = 'stage'
const PROJECT = ['--project-name', ENVIRONMENT]
/** The port of a service in its model. */
const PORT = 8000

/** One component of a model: the web server of the kit. */
export interface ServiceText {
  readonly name: string
  readonly replicas?: number
  /** Port of this machine. */
  readonly publish: number
  readonly env?: Readonly<Record<string, string>>
  /** A second container in the pod. */
  readonly beside?: 'a side container'
  readonly volume?: 'a volume'
  /** Replicas that stand by. */
  readonly standby?: number
}

/** A replica as its record in the state directory tells it. */
export interface RunningReplica {
  readonly id: string
  readonly component: string
  /** The program of each container. */
  readonly pids: Readonly<Record<string, number>>
  /** The shells around them, which note how they ended. */
  readonly shells: readonly number[]
  readonly restarts: Readonly<Record<string, number>>
}

/** Models in a directory of their own, and commands over the state directory of a home. */
export class Stage implements Disposable {
  readonly home: string
  readonly settings: CallSettings
  readonly #scratch = scratchDirectory()

  constructor(home: Home, env: Readonly<Record<string, string>> = {}) {
    this.home = home.path
    this.settings = { cwd: this.#scratch.path, env: { ...home.env, ...env } }
  }

  /** Writes the model of an application and its overlay into a folder of the stage; a running one follows the change. */
  write(app: string, services: readonly ServiceText[]): void {
    const model = {
      apiVersion: 'core.oam.dev/v1beta1',
      kind: 'Application',
      metadata: { name: app },
      spec: { components: services.map(componentOf) },
    }
    const overlay = { models: ['app.yaml'], components: Object.fromEntries(services.map((service) => [service.name, overlayOf(service)])) }
    const folder = this.#folder(app)
    mkdirSync(folder, { recursive: true })
    replaceFile(join(folder, 'minipaas.yaml'), JSON.stringify(overlay))
    replaceFile(join(folder, 'app.yaml'), JSON.stringify(model))
  }

  #folder(app: string): string {
    return join(this.#scratch.path, app)
  }

  /** Runs a command of the stage's environment; throws with everything there is to know when it fails. */
  call(...args: readonly string[]): Promise<Called> {
    return this.#succeed(args, this.settings)
  }

  /** Brings an application up in the background and waits until it is healthy. */
  async up(app: string): Promise<void> {
    await this.#succeed(['up', '-d', '--wait', '--wait-timeout', '60'], { ...this.settings, cwd: this.#folder(app) })
  }

  /** The same, but returns as soon as everything was started. */
  async start(app: string): Promise<void> {
    await this.#succeed(['up', '-d'], { ...this.settings, cwd: this.#folder(app) })
  }

  async #succeed(args: readonly string[], settings: CallSettings): Promise<Called> {
    const called = await minipaas([...args, ...PROJECT], settings)
    if (called.code === 0) return called
    throw new Error(`${args.join(' ')} ended with ${called.code}\n${called.stdout}${called.stderr}${daemonLog(this.home)}`)
  }

  /** Starts `up` in the foreground, as a shell with job control does, and returns when it is ready. */
  async upInForeground(app: string): Promise<ForegroundUp> {
    const foreground = new ForegroundUp(['up', ...PROJECT], { ...this.settings, cwd: this.#folder(app) })
    await foreground.said('ready')
    return foreground
  }

  get daemonPid(): number {
    return pidIn(join(this.home, 'daemon.json'))
  }

  get guardPid(): number {
    return pidIn(join(this.home, 'guard.json'))
  }

  get edgePid(): number {
    return pidIn(join(this.home, 'environments', ENVIRONMENT, 'edge', 'edge.json'))
  }

  /** Of the first application, in the state that a next daemon will read. */
  get keptRevision(): number | undefined {
    const path = join(this.home, 'environments', ENVIRONMENT, 'state.json')
    const { state } = JSON.parse(readFileSync(path, 'utf8')) as {
      readonly state: { readonly applications: readonly { revision: number }[] }
    }
    return state.applications[0]?.revision
  }

  /** What runs of a component, or of all. */
  replicas(component?: string): readonly RunningReplica[] {
    const root = join(this.home, 'environments', ENVIRONMENT, 'replicas')
    return namesIn(root)
      .flatMap((name) => readReplica(join(root, name, 'replica.json')))
      .filter((replica) => component === undefined || replica.component === component)
  }

  /** Pids of all containers that live, sorted. */
  pidsOf(component?: string): readonly number[] {
    return this.replicas(component)
      .flatMap(({ pids }) => Object.values(pids))
      .filter(lives)
      .sort((left, right) => left - right)
  }

  /** The replicas of a component as `ps` shows them. */
  async shown(component: string): Promise<readonly ShownReplica[]> {
    const { stdout } = await this.call('ps', '--format', 'json')
    return (JSON.parse(stdout) as readonly ShownReplica[]).filter((replica) => replica.component === component)
  }

  /** How many programs of ours and of the applications run below the home. */
  async census(): Promise<Census> {
    const { processes } = await leftovers(this.home)
    const count = (pattern: RegExp): number => processes.filter(({ command }) => pattern.test(command)).length
    return { daemons: count(/daemon\.js/), guards: count(/guard\.js/), edges: count(/edge\.js/), applications: count(/web-app\.mjs/) }
  }

  [Symbol.dispose](): void {
    this.#scratch[Symbol.dispose]()
  }
}

type ShownReplica = Pick<ReplicaView, 'id' | 'phase' | 'restarts'> & { readonly component: string }

export interface Census {
  readonly daemons: number
  readonly guards: number
  readonly edges: number
  readonly applications: number
}

/** `minipaas up` as a process of its own that can be interrupted and killed. */
export class ForegroundUp {
  readonly ended: Promise<number>
  readonly #child: ChildProcess
  #output = ''

  constructor(args: readonly string[], { cwd, env }: CallSettings) {
    this.#child = spawn(process.execPath, [cliProgram, ...args], {
      cwd,
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString('utf8')
      })
    }
    this.ended = new Promise((resolve) => this.#child.once('close', (code) => resolve(code ?? -1)))
  }

  get output(): string {
    return this.#output
  }

  /** Resolves once the text was written. */
  async said(text: string): Promise<void> {
    await eventually(() => {
      if (this.#output.includes(text)) return true
      throw new Error(`"${text}" was not said:\n${this.#output}`)
    }, 30_000)
  }

  /** Ctrl-C: the terminal tells the whole foreground group. */
  interrupt(): void {
    process.kill(-(this.#child.pid ?? 0), 'SIGINT')
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.ended
  }
}

/**
 * Below the ports that systems give out by themselves, and below those of the engine; above 10080, the last of
 * the ports that `fetch` refuses to open; each test process begins elsewhere.
 */
const FIRST_PORT = 10_100
const PORT_COUNT = 8_900
let portsGiven = process.pid * 37

/** A port of this machine that nobody listens on now, and that nobody is given by chance. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + (portsGiven++ % PORT_COUNT)
    if (await isFree(port)) return port
  }
}

/** Kills without warning and returns when the process is gone. */
export async function killNow(...pids: readonly number[]): Promise<void> {
  for (const pid of pids) process.kill(pid, 'SIGKILL')
  await eventually(() => (pids.some(lives) ? undefined : true))
}

export function lives(pid: number): boolean {
  return startTimeOf(pid) !== undefined
}

/** What the web server of the kit answers. */
export interface WebAnswer {
  readonly pid: number
  readonly version: string
  /** Slow requests that it has in hand. */
  readonly busy: number
  readonly visits?: number
}

/** Asks the web server of the kit at a published port. */
export async function ask(port: number, path = '/'): Promise<WebAnswer> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`)
  const text = await response.text()
  if (response.status !== 200) throw new Error(`${response.status} ${text}`)
  return JSON.parse(text) as WebAnswer
}

function componentOf({ name, replicas = 1, env = {}, beside, volume }: ServiceText): unknown {
  const mount = { name: 'data', mountPath: '/data', claimName: `${name}-data` }
  return {
    name,
    type: 'webservice',
    properties: {
      image: 'example/web',
      ports: [{ port: PORT, expose: true }],
      env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
      ...(volume === undefined ? {} : { volumeMounts: { pvc: [mount] } }),
    },
    traits: [
      { type: 'scaler', properties: { replicas } },
      ...(beside === undefined ? [] : [{ type: 'sidecar', properties: { name: 'beside', image: 'example/beside' } }]),
    ],
  }
}

function overlayOf({ publish, beside, standby }: ServiceText): unknown {
  const run = { directory: '.', command: [process.execPath, webApp] }
  return {
    run,
    ports: [`${publish}:${PORT}`],
    ...(standby === undefined ? {} : { scale: { standby } }),
    ...(beside === undefined ? {} : { containers: { beside: { run: { directory: '.', command: [process.execPath, webApp, 'beside'] } } } }),
  }
}

/** As editors do, so that whoever watches never reads half a file. */
function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.draft`, text)
  renameSync(`${path}.draft`, path)
}

function pidIn(path: string): number {
  return (JSON.parse(readFileSync(path, 'utf8')) as { readonly pid: number }).pid
}

interface ReplicaFile {
  readonly id: string
  readonly component: string
  readonly containers: readonly { readonly name: string; readonly restarts: number; readonly process?: { readonly pid: number } }[]
}

/** None when it is being written or removed at this moment. */
function readReplica(path: string): readonly RunningReplica[] {
  try {
    const { id, component, containers } = JSON.parse(readFileSync(path, 'utf8')) as ReplicaFile
    const leaders = containers.flatMap(({ name, process: leader }) => (leader === undefined ? [] : [{ name, pid: leader.pid }]))
    const pids = Object.fromEntries(leaders.map(({ name, pid }) => [name, childrenOf(pid)[0] ?? pid]))
    return [
      {
        id,
        component,
        pids,
        shells: leaders.map(({ pid }) => pid),
        restarts: Object.fromEntries(containers.map(({ name, restarts }) => [name, restarts])),
      },
    ]
  } catch {
    return []
  }
}

function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

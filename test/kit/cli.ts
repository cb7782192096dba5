import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { commandLineOf, listProcesses } from '../../runtime/process-identity/process-table-linux.ts'
import { eventually } from './eventually.ts'

/** The built command line. */
export const cliProgram = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

/** Absolute directory of a sample: `samples/shop`, `samples/oam/greeting`. */
export function sampleDirectory(name: string): string {
  return fileURLToPath(new URL(`../../${name}`, import.meta.url))
}

/** A state directory of its own, with everything that runs below it. */
export interface Home extends AsyncDisposable {
  readonly path: string
  /** For `minipaas`. */
  readonly env: Readonly<Record<string, string>>
}

/** The user's own engine is none of a test's business. */
const NO_ENGINE = 'unix:///no/engine/for/this/test.sock'

/** Nothing of a test can meet the user's own daemon. At the end whatever still runs below the directory is killed, and the directory removed. */
export function withHome(): Home {
  if (!existsSync(cliProgram)) throw new Error('dist/cli.js is missing: run "npm run build" first')
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'minipaas-home-')))
  return {
    path,
    env: { MINIPAAS_HOME: path, MINIPAAS_ENGINE: 'process', DOCKER_HOST: NO_ENGINE },
    [Symbol.asyncDispose]: async () => {
      await endAll(path)
      rmSync(path, { recursive: true, force: true })
    },
  }
}

export interface Called {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface CallSettings {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

/** Calls the built command line, as a user's shell would, without a terminal. */
export function minipaas(args: readonly string[], settings: CallSettings): Promise<Called> {
  return runProgram([cliProgram, ...args], settings)
}

/** Runs a program of Node to its end. */
export function runProgram(args: readonly string[], { cwd, env }: CallSettings): Promise<Called> {
  const child = spawn(process.execPath, [...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const text = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => {
      text[name] += chunk.toString('utf8')
    })
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code: code ?? (signal === null ? -1 : 128), ...text }))
  })
}

export interface RunningProcess {
  readonly pid: number
  readonly command: string
  /** The daemon and its guard outlive an environment for a while; everything else must not. */
  readonly part: 'house' | 'environment'
}

export interface Leftovers {
  readonly processes: readonly RunningProcess[]
  /** Directories of replicas, edges, readers and volumes, from the state directory. */
  readonly directories: readonly string[]
}

/** What runs or lies below a state directory. Processes are found by what they were started with, whoever their parent is now. */
export async function leftovers(home: string): Promise<Leftovers> {
  return { processes: await processesOf(home), directories: directoriesOf(home) }
}

async function processesOf(home: string): Promise<readonly RunningProcess[]> {
  const found: RunningProcess[] = []
  for (const { stat, environment } of await listProcesses()) {
    if (stat.pid === process.pid) continue
    const command = commandLineOf(stat.pid).replaceAll('\0', ' ').trim()
    const text = environment()
    const below =
      text.includes(`\0MINIPAAS_HOME=${home}\0`) || text.includes(`\0MINIPAAS_REPLICA_DIRECTORY=${home}/`) || command.includes(home)
    if (below) found.push({ pid: stat.pid, command, part: /\b(daemon|guard)\.js\b/.test(command) ? 'house' : 'environment' })
  }
  return found
}

function directoriesOf(home: string): readonly string[] {
  const root = join(home, 'environments')
  return entriesOf(root).flatMap((environment) => [
    ...['replicas', 'volumes'].flatMap((kind) => entriesOf(join(root, environment, kind)).map((name) => `${environment}/${kind}/${name}`)),
    ...['edge', 'meters'].filter((kind) => entriesOf(join(root, environment)).includes(kind)).map((kind) => `${environment}/${kind}`),
  ])
}

function entriesOf(path: string): readonly string[] {
  return existsSync(path) ? readdirSync(path) : []
}

/** Nothing of an environment runs or lies below the state directory (the daemon itself may). */
export async function expectNothingLeft(home: string): Promise<void> {
  await eventually(async () => {
    const { processes, directories } = await leftovers(home)
    const rest = [...processes.filter(({ part }) => part === 'environment').map(({ command }) => command), ...directories]
    if (rest.length > 0) throw new Error(`still there:\n${rest.join('\n')}`)
    return true
  })
}

/** The daemon first, so that nothing is started again; the guard last, because it would end by itself anyway. */
async function endAll(home: string): Promise<void> {
  await eventually(async () => {
    const running = await processesOf(home)
    for (const { pid } of running.toSorted((left, right) => order(left) - order(right))) kill(pid)
    return running.length === 0 ? true : undefined
  })
}

function order({ command }: RunningProcess): number {
  return /\bdaemon\.js\b/.test(command) ? 0 : /\bguard\.js\b/.test(command) ? 2 : 1
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}

/** The edge's outside port, as the daemon reports it. */
export async function webPort(settings: CallSettings, options: readonly string[] = []): Promise<number> {
  const { stdout } = await minipaas(['status', '--format', 'json', ...options], settings)
  const { edge } = JSON.parse(stdout) as { readonly edge: { readonly url?: string } }
  if (edge.url === undefined) throw new Error(`the edge does not listen: ${stdout}`)
  return Number(new URL(edge.url).port)
}

/** One request through the edge under a host name, which need not resolve; with a form it is a POST. */
export function get(port: number, host: string, path = '/', form?: string): Promise<{ readonly status: number; readonly text: string }> {
  const posted = form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, agent: false, method: form === undefined ? 'GET' : 'POST' }
    const asking = request({ ...options, headers: { host, ...posted } }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8')
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    asking.on('error', reject)
    asking.end(form)
  })
}

/** Log files of the daemon, for the message of a failed test. */
export function daemonLog(home: string): string {
  const path = join(home, 'logs', 'daemon.log')
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

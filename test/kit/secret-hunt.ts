import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { runtimeDirectory } from '../../runtime/engines/process/mounts.ts'
import { commandLineOf, listProcesses } from '../../runtime/process-identity/process-table-linux.ts'
import { systemClock } from '../../runtime/time/system-clock.ts'
import { type Called, type CallSettings, cliProgram, type Home } from './cli.ts'
import { askDaemon, openSocket, readDiscovery } from './daemon-process.ts'

/** Time between two looks at the processes of this machine. */
const LOOK_EVERY = 60
/** Long enough to get what has happened so far. */
const FOLLOW_FOR = 1500

export const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

/**
 * Hands out secret values that occur nowhere else, and looks for them wherever minipaas writes or says something. What
 * was found is collected with its place; a place is named once for each value.
 */
export class SecretHunt implements AsyncDisposable {
  readonly #home: Home
  readonly #values = new Map<string, string>()
  readonly #finds = new Set<string>()
  readonly #watching: Promise<void>
  #watches = true
  /** What is being tried, for the places of what is found. */
  trying = ''
  /** Looks at the processes so far, and the programs of the house that were seen. */
  looks = 0
  readonly seen = new Set<string>()

  constructor(home: Home) {
    this.#home = home
    this.#watching = this.#watchProcesses()
  }

  /** The secret value of that name; a new one at the first call. */
  value(name: string): string {
    const known = this.#values.get(name)
    if (known !== undefined) return known
    const made = `mark-${name}-${randomBytes(9).toString('hex')}`
    this.#values.set(name, made)
    return made
  }

  get finds(): readonly string[] {
    return [...this.#finds].sort()
  }

  /** Remembers which values a text holds, as they are or in base64, whatever stands before them. */
  search(place: string, text: string | Buffer): void {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text
    for (const [name, value] of this.#values) {
      if (formsOf(value).some((form) => bytes.includes(form)))
        this.#finds.add(`${name} in ${place}${this.trying === '' ? '' : ` with ${this.trying}`}`)
    }
  }

  /** Calls the built command line with an input, and searches what it says. What would follow for ever is interrupted after a moment. */
  async call(args: readonly string[], settings: CallSettings, input = ''): Promise<Called> {
    const child = spawn(process.execPath, [cliProgram, ...args], {
      cwd: settings.cwd,
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...settings.env },
      stdio: 'pipe',
    })
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    const text = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const)
      child[name].on('data', (chunk: Buffer) => {
        text[name] += chunk.toString('utf8')
      })
    const done = new AbortController()
    if (args.includes('events'))
      void systemClock.sleep(FOLLOW_FOR, done.signal).then(
        () => child.kill('SIGINT'),
        () => {},
      )
    const code = await new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (exitCode) => resolve(exitCode ?? 128))
    })
    done.abort()
    this.search(`minipaas ${args.join(' ')}`, text.stdout + text.stderr)
    return { code, ...text }
  }

  /** Asks the daemon for everything it tells about an environment. */
  async searchApi(
    environment: string,
    components: readonly string[],
    streams: readonly string[] = ['events?after=0', 'logs', 'requests'],
  ): Promise<void> {
    const discovery = readDiscovery(this.#home.path)
    if (discovery === undefined) throw new Error('no daemon to ask')
    const base = `/v1/environments/${environment}`
    const paths = ['', '/config', '/debug/state', ...components.flatMap((name) => [`/explain/${name}`, `/port/${name}`])]
    for (const path of ['/v1/version', '/v1/environments', ...paths.map((rest) => base + rest)])
      this.search(`GET ${path}`, JSON.stringify((await askDaemon(discovery, path)).body) ?? '')
    this.search('GET /metrics', await this.#metrics())
    const frames: string[] = []
    for (const stream of streams) {
      const socket = await openSocket(discovery, `${base}/${stream}`)
      socket.on('message', (data: Buffer) => frames.push(data.toString()))
      await systemClock.sleep(200)
      socket.terminate()
      this.search(`stream ${stream}`, frames.splice(0).join('\n'))
    }
  }

  async #metrics(): Promise<string> {
    const { port, token } = readDiscovery(this.#home.path) ?? { port: 0, token: '' }
    return await (await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { authorization: `Bearer ${token}` } })).text()
  }

  /** Searches every file below the state directory; returns how many there were. */
  searchFiles(skip: (path: string) => boolean = () => false): number {
    const files = filesBelow(this.#home.path).filter((path) => !skip(path))
    for (const path of files) this.search(path.slice(this.#home.path.length + 1), contentOf(path))
    return files.length
  }

  /** Contents of the files of secret volumes, which lie outside the state directory. */
  volumeFiles(): readonly string[] {
    const root = dirname(dirname(runtimeDirectory(this.#home.path, 'environment', 'replica')))
    return filesBelow(root).map((path) => contentOf(path).toString('utf8'))
  }

  /** Command lines and environments of our own processes, as long as the hunt lasts: some live for a moment only. */
  async #watchProcesses(): Promise<void> {
    while (this.#watches) {
      for (const { stat, environment } of await listProcesses()) {
        if (stat.pid === process.pid) continue
        const command = commandLineOf(stat.pid).replaceAll('\0', ' ').trim()
        const variables = environment()
        if (!command.includes(this.#home.path) && !variables.includes(this.#home.path)) continue
        const program = /\b(?:daemon|edge|guard|cli)\.js\b/.exec(command)?.[0] ?? (command.startsWith('sh -c') ? 'shim' : 'app')
        this.seen.add(program)
        // Kubernetes expands variables in arguments too: an application's own command line is its author's business.
        if (program !== 'app') this.search(`command line of ${program}`, command)
        if (program !== 'app' && program !== 'shim') this.search(`environment of ${program}`, variables)
      }
      this.looks++
      await systemClock.sleep(LOOK_EVERY)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watches = false
    await this.#watching
  }
}

/** The value, and its base64 at each of the three offsets it can have in a longer text. */
function formsOf(value: string): readonly string[] {
  const coded = [0, 1, 2].map((offset) => {
    const text = Buffer.from(`${' '.repeat(offset)}${value}`).toString('base64')
    // The first and last characters depend on what stands around the value.
    return text.slice(offset === 0 ? 0 : 4, -4)
  })
  return [value, ...coded]
}

function filesBelow(root: string): readonly string[] {
  if (!existsSync(root)) return []
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

function contentOf(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch {
    // It went meanwhile.
    return Buffer.alloc(0)
  }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { bundleProgram } from '../bundled-program.ts'
import { ensureDebianPackages } from './debian-packages.ts'
import type { EngineKind } from './engine-kinds.ts'
import { endpointOf } from './engine-program.ts'
import { createEngineFolder, removeLeftovers } from './leftovers.ts'

/** What a machine without an engine may do about it. */
const WAYS_OUT = `Name an engine that tests may use: MINIPAAS_TEST_DOCKER_HOST=unix:///var/run/docker.sock (no test gives a public name to an image there, and each removes what it made).
Or leave the lane out: MINIPAAS_TEST_LANES=-docker`

/** Programs that each kind needs, with their Debian packages. */
const DOCKER = { dockerd: 'docker.io', iptables: 'iptables' }
const PROGRAMS: Readonly<Record<EngineKind, Readonly<Record<string, string>>>> = {
  docker: DOCKER,
  'docker-with-bridge': DOCKER,
  podman: {
    podman: 'podman',
    runc: 'runc',
    catatonit: 'catatonit',
    netavark: 'netavark',
    'aardvark-dns': 'aardvark-dns',
    iptables: 'iptables',
  },
}

type Answer = { readonly done: string } | { readonly failed: string }

/** An engine of our own, with its own data, socket and processes. It ends with this process at the latest. */
export class PrivateEngine implements AsyncDisposable {
  readonly endpoint: string
  readonly #keeper: ChildProcess
  readonly #answers: AsyncIterator<string>
  readonly #ended: Promise<void>

  private constructor(folder: string, keeper: ChildProcess) {
    this.endpoint = endpointOf(folder)
    this.#keeper = keeper
    this.#ended = new Promise((resolve) => keeper.once('close', () => resolve()))
    if (keeper.stdout === null) throw new Error('the keeper has no output')
    this.#answers = createInterface({ input: keeper.stdout })[Symbol.asyncIterator]()
  }

  /** Installs what is missing where it may, removes what a killed run left, and resolves when the engine answers. Throws with the ways out. */
  static async start(kind: EngineKind = 'docker'): Promise<PrivateEngine> {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) {
      throw new Error(`Tests start an engine of their own only as root on Linux, and were given none.\n${WAYS_OUT}`)
    }
    ensureDebianPackages(PROGRAMS[kind], WAYS_OUT)
    await removeLeftovers()
    const folder = createEngineFolder()
    const program = await bundleProgram('test/kit/docker/engine-keeper.ts', folder)
    const keeper = spawn(process.execPath, [program, folder, kind], { detached: true, stdio: ['pipe', 'pipe', 'inherit'] })
    const engine = new PrivateEngine(folder, keeper)
    await engine.#expect('start')
    return engine
  }

  /** Stops the daemon alone; its containers end with it, as on a machine that shuts down. */
  async stopDaemon(): Promise<void> {
    await this.#order('stop')
  }

  async startDaemon(): Promise<void> {
    await this.#order('start')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#keeper.stdin?.end()
    await this.#ended
    if (this.#keeper.exitCode !== 0) throw new Error('the private engine did not end as it should; the lines above say why')
  }

  async #order(order: 'start' | 'stop'): Promise<void> {
    this.#keeper.stdin?.write(`${order}\n`)
    await this.#expect(order)
  }

  async #expect(order: string): Promise<void> {
    const { value, done } = await this.#answers.next()
    if (done === true) throw new Error(`the keeper of the private engine ended before it could ${order} it`)
    const answer = JSON.parse(value) as Answer
    if ('failed' in answer) throw new Error(`${answer.failed}\n${WAYS_OUT}`)
  }
}

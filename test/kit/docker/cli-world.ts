import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Discovery } from '../../../src/wire/answers.ts'
import { API_ROUTES } from '../../../src/wire/api-routes.ts'
import type { Envelope, EventBody } from '../../../src/wire/events.ts'
import type { ComponentView, EnvironmentView } from '../../../src/wire/views.ts'
import { type Called, type CallSettings, daemonLog, expectNothingLeft, get, type Home, minipaas, withHome } from '../cli.ts'
import { askDaemon, readDiscovery } from '../daemon-process.ts'
import { eventually } from '../eventually.ts'
import { scratchDirectory } from '../scratch.ts'
import { testEndpoint } from './engine.ts'
import { EngineThings } from './engine-things.ts'

export interface CliWorldSettings {
  /** The project; an empty one of its own when absent. */
  readonly directory?: string
  /** Engine in the form of DOCKER_HOST; the one of this run when absent. */
  readonly endpoint?: string
}

/** The built command line over a state directory of its own and an engine for containers. At the end nothing of it is on the machine or the engine. */
export class CliWorld implements AsyncDisposable {
  readonly settings: CallSettings
  readonly engine: EngineThings
  readonly #home: Home
  readonly #scratch = scratchDirectory()
  readonly #images = new Set<string>()

  constructor({ directory, endpoint = testEndpoint() }: CliWorldSettings = {}) {
    this.#home = withHome()
    this.engine = new EngineThings(endpoint, this.#home.path)
    // Of its own in every test: the name of an environment decides which addresses it tends to get, and engines share this machine.
    const own = join(this.#scratch.path, basename(this.#scratch.path).toLowerCase())
    mkdirSync(own)
    this.settings = { cwd: directory ?? own, env: { ...this.#home.env, MINIPAAS_ENGINE: 'docker', DOCKER_HOST: endpoint } }
  }

  get home(): string {
    return this.#home.path
  }

  /** By default an environment is called like the directory of its project. */
  get environment(): string {
    return basename(this.settings.cwd)
  }

  /** Writes a file of the project in one go, as editors do. */
  write(file: string, text: string): void {
    const path = join(this.settings.cwd, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(`${path}.draft`, text)
    renameSync(`${path}.draft`, path)
  }

  /** Gives an image that is there another name, until the end of this world. */
  async nameImage(image: string, repository: string, tag: string): Promise<void> {
    await this.engine.docker.getImage(image).tag({ repo: repository, tag })
    this.removeAtEnd(`${repository}:${tag}`)
  }

  /** An image that goes with this world, once nothing uses it. */
  removeAtEnd(image: string): void {
    this.#images.add(image)
  }

  /** Runs a command, whatever it answers. */
  try(...args: readonly string[]): Promise<Called> {
    return minipaas(args, this.settings)
  }

  /** Runs a command that has to succeed: throws with everything there is to know. Resolves to its standard output. */
  async call(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.try(...args)
    if (code === 0) return stdout
    throw new Error(`${args.join(' ')} ended with ${code}\n${stdout}${stderr}${await this.account()}`)
  }

  async up(...args: readonly string[]): Promise<void> {
    await this.call('up', '-d', '--wait', '--wait-timeout', '90', ...args)
  }

  /** A request through the edge, at the port that the daemon reports now. */
  async get(host: string, path = '/', form?: string): ReturnType<typeof get> {
    return get(await this.port(), host, path, form)
  }

  /** Outside port of the edge for HTTP. Throws while it has none. */
  async port(): Promise<number> {
    const { edge } = await this.view()
    if (edge.url === undefined) throw new Error(`the edge does not listen: ${JSON.stringify(edge)}`)
    return Number(new URL(edge.url).port)
  }

  /** What the daemon says of the project's environment; starts none. */
  async view(): Promise<EnvironmentView> {
    const { status, body } = await askDaemon(this.#discovery(), API_ROUTES.environment(this.environment))
    if (status !== 200) throw new Error(`the daemon answers ${status}: ${JSON.stringify(body)}`)
    return body as EnvironmentView
  }

  async component(name: string): Promise<ComponentView> {
    const view = await this.view()
    const found = view.applications.flatMap(({ components }) => components).find((component) => component.name === name)
    if (found === undefined) throw new Error(`there is no component ${name}`)
    return found
  }

  /** What was told of the project's environment so far, by all daemons, as their files have it: a moment late. */
  events(): readonly EventBody[] {
    const folder = join(this.home, 'environments', this.environment, 'events')
    const lines = (existsSync(folder) ? readdirSync(folder) : [])
      .sort()
      .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    return lines.flatMap((line) => (line === '' ? [] : [(JSON.parse(line) as Envelope).body]))
  }

  /** What the daemon logged, what became of the edge, and the containers, for the message of a failed test. */
  async account(): Promise<string> {
    const edge = this.events().flatMap((event) => (event.type === 'edge.changed' ? [`edge ${event.state}: ${event.detail}\n`] : []))
    return `${daemonLog(this.home)}${edge.join('')}${await this.engine.listing()}`
  }

  get daemonPid(): number {
    return this.#discovery().pid
  }

  /** After `down`: no container, network or process of ours. Resolves to the volumes that stayed. */
  async expectDown(): Promise<readonly string[]> {
    await expectNothingLeft(this.home)
    return await eventually(async () => {
      const { containers, networks, volumes } = await this.engine.all()
      if (containers.length + networks.length > 0) throw new Error(`still there: ${[...containers, ...networks].join(', ')}`)
      return volumes
    })
  }

  /** The daemon goes first, so that nothing comes back. */
  async [Symbol.asyncDispose](): Promise<void> {
    using _ = this.#scratch
    await this.#home[Symbol.asyncDispose]()
    await this.engine.removeAll()
    for (const image of this.#images) if (await this.engine.hasImage(image)) await this.engine.docker.getImage(image).remove()
  }

  #discovery(): Discovery {
    const discovery = readDiscovery(this.home)
    if (discovery === undefined) throw new Error('there is no daemon')
    return discovery
  }
}

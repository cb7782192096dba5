import { cpSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EnvironmentView } from '../../src/wire/views.ts'
import { daemonLog, type Home, minipaas, sampleDirectory, webPort } from './cli.ts'
import { askDaemon, readDiscovery } from './daemon-process.ts'
import { eventually } from './eventually.ts'
import { formatLoad, type Load, type LoadReport, startLoad } from './loader.ts'
import { scratchDirectory } from './scratch.ts'

const ENVIRONMENT = 'rolling'
const PROJECT = ['--project-name', ENVIRONMENT]
/** Requests a second to the web component alone, unless said otherwise, and for its page, which asks the catalog twice. */
const RATE = 200
const PAGE_RATE = 20
/** Hold time of an OAM route; no answer within it is a failure. Source: design, section 10. */
const HOLD_MS = 60_000
const CHANGE_MS = 60_000

export interface ShopSettings {
  /** Of the web component. */
  readonly replicas: number
  /** Requests a second to the web component alone. */
  readonly rate?: number
}

/** A copy of the sample shop that is changed while it serves. */
export class RollingShop implements Disposable {
  readonly #scratch = scratchDirectory()
  readonly #home: Home
  readonly #model: string
  readonly #editions = new Map<string, number>()
  readonly #rate: number
  #port = 0

  constructor(home: Home, { replicas, rate = RATE }: ShopSettings) {
    this.#rate = rate
    this.#home = home
    cpSync(sampleDirectory('samples/shop'), this.#scratch.path, { recursive: true })
    this.#model = readFileSync(this.#file, 'utf8').replace('replicas: 2', `replicas: ${replicas}`)
    writeFileSync(this.#file, this.#model)
  }

  get #file(): string {
    return join(this.#scratch.path, 'app.yaml')
  }

  async up(): Promise<void> {
    await this.call('up', '-d', '--wait', '--wait-timeout', '60')
    this.#port = await webPort({ cwd: this.#scratch.path, env: this.#home.env }, PROJECT)
  }

  async call(...args: readonly string[]): Promise<void> {
    const { code, stdout, stderr } = await minipaas([...args, ...PROJECT], { cwd: this.#scratch.path, env: this.#home.env })
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}\n${stdout}${stderr}${daemonLog(this.#home.path)}`)
  }

  /** Requests to the web component, and some for its page, which asks the catalog. */
  load(connections: 'reused' | 'fresh'): ShopLoad {
    const start = (path: string, rate: number): Load => {
      const url = `http://127.0.0.1:${this.#port}${path}`
      return startLoad({ url, headers: { host: 'shop.localhost' }, rate, connections, limitMs: HOLD_MS })
    }
    return new ShopLoad(start('/healthz', this.#rate), start('/', PAGE_RATE))
  }

  /** Edits the model so that a component gets a new revision; returns when only that one runs. */
  async change(component: 'web' | 'catalog'): Promise<void> {
    const before = await this.#revisions(component)
    this.#editions.set(component, (this.#editions.get(component) ?? 0) + 1)
    let text = this.#model
    for (const [name, edition] of this.#editions) {
      text = text.replace(
        new RegExp(`( {4}- name: ${name}\\n[^]*?\\n {8}env:\\n)`),
        `$1          - name: EDITION\n            value: "${edition}"\n`,
      )
    }
    writeFileSync(`${this.#file}.draft`, text)
    renameSync(`${this.#file}.draft`, this.#file)
    await eventually(async () => {
      const now = await this.#settled(component)
      return now?.every((revision) => !before.includes(revision)) === true ? true : undefined
    }, CHANGE_MS)
  }

  /** Restarts all replicas of a component; returns when all are ready again. */
  async restart(component: 'web' | 'catalog'): Promise<void> {
    const before = (await this.#replicas(component)).map(startOf)
    await this.call('restart', component)
    await eventually(async () => {
      if ((await this.#settled(component)) === undefined) return undefined
      return (await this.#replicas(component)).every((replica) => !before.includes(startOf(replica))) ? true : undefined
    }, CHANGE_MS)
  }

  /** Asks for a number of replicas; returns when it is ready. */
  async scale(component: 'web' | 'catalog', replicas: number): Promise<void> {
    await this.call('scale', `${component}=${replicas}`)
    await eventually(async () => ((await this.#settled(component))?.length === replicas ? true : undefined), CHANGE_MS)
  }

  async #revisions(component: string): Promise<readonly string[]> {
    return (await this.#replicas(component)).map(({ revision }) => revision)
  }

  /** Revisions of a component that is as it should be; undefined while it changes. */
  async #settled(component: string): Promise<readonly string[] | undefined> {
    const { desired, ready, replicas } = await this.#component(component)
    return ready === desired && replicas.length === desired ? replicas.map(({ revision }) => revision) : undefined
  }

  async #replicas(component: string): Promise<EnvironmentView['applications'][number]['components'][number]['replicas']> {
    return (await this.#component(component)).replicas
  }

  async #component(name: string): Promise<EnvironmentView['applications'][number]['components'][number]> {
    const discovery = readDiscovery(this.#home.path)
    if (discovery === undefined) throw new Error('there is no daemon')
    const { body } = await askDaemon(discovery, `/v1/environments/${ENVIRONMENT}`)
    const found = (body as EnvironmentView).applications[0]?.components.find((component) => component.name === name)
    if (found === undefined) throw new Error(`there is no component ${name}`)
    return found
  }

  [Symbol.dispose](): void {
    this.#scratch[Symbol.dispose]()
  }
}

export class ShopLoad implements Disposable {
  readonly #web: Load
  readonly #page: Load

  constructor(web: Load, page: Load) {
    this.#web = web
    this.#page = page
  }

  /** Stops, and throws unless all requests were answered well. Returns how many were sent to the web component alone. */
  async expectAllAnswered(what: string): Promise<number> {
    const [web, page] = await Promise.all([this.#web.stop(), this.#page.stop()])
    expectAllAnswered(page, `${what}, pages`)
    return expectAllAnswered(web, what).sent
  }

  [Symbol.dispose](): void {
    this.#web[Symbol.dispose]()
    this.#page[Symbol.dispose]()
  }
}

function startOf({ id, containers }: { readonly id: string; readonly containers: readonly { readonly startedAt?: number }[] }): string {
  return `${id} ${containers.map(({ startedAt }) => startedAt).join(' ')}`
}

/** Throws unless every request was answered with 200: a route that is missing for a moment would answer 404. Says the figures. */
export function expectAllAnswered(report: LoadReport, what: string): LoadReport {
  const text = `${what}: ${formatLoad(report)}`
  if (report.failed > 0 || report.statuses[200] !== report.sent) throw new Error(`${text}\n${report.failures.join('\n')}`)
  process.stdout.write(`${text}\n`)
  return report
}

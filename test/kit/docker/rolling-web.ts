import type { Millis } from '../../../src/kernel/instant.ts'
import { eventually } from '../eventually.ts'
import { type Load, startLoad } from '../loader.ts'
import { expectAllAnswered } from '../rolling-shop.ts'
import { applicationText, nodeComponent } from './application-text.ts'
import type { CliWorld } from './cli-world.ts'

/**
 * Requests a second. Source: acceptance of the Docker engine. Over fresh connections it takes a machine with little else to do: the engine's
 * own proxy of a published port needs two descriptors for each, and ends when a queue that grows has used up all of them.
 */
export const RATE = 500
/** Hold time of an OAM route; no answer within it is a failure. Source: design, section 10. */
const HOLD_MS: Millis = 60_000
const CHANGE_MS: Millis = 60_000

/** Answers with the edition that its image carries. */
const PROGRAM = `
  const server = require('node:http').createServer((_, response) => response.end(process.env.EDITION))
  server.listen(8080, () => console.log('edition ' + process.env.EDITION))
  process.on('SIGTERM', () => server.close(() => process.exit(0)))
`

export interface RollingSettings {
  readonly replicas: number
  readonly editions: number
}

/** A web component whose image changes while it serves: one image for each edition, made beforehand; they go with the world. */
export class RollingWeb {
  readonly #world: CliWorld
  readonly #settings: RollingSettings
  readonly #repository: string
  #edition = 1

  private constructor(world: CliWorld, settings: RollingSettings) {
    this.#world = world
    this.#settings = settings
    // Two runs on one engine never share images.
    this.#repository = `localhost/minipaas-test-${world.home.replace(/.*-/, '').toLowerCase()}`
  }

  static async start(world: CliWorld, settings: RollingSettings): Promise<RollingWeb> {
    const web = new RollingWeb(world, settings)
    await web.#makeImages()
    web.#write()
    await world.up()
    return web
  }

  async load(connections: 'reused' | 'fresh', rate = RATE): Promise<Load> {
    const url = `http://127.0.0.1:${await this.#world.port()}/`
    return startLoad({ url, headers: { host: 'web.rolling.localhost' }, rate, connections, limitMs: HOLD_MS })
  }

  /** Stops the load, and throws with all there is to know unless every request was answered well. Says the figures; returns how many were sent. */
  async expectAllAnswered(load: Load, what: string): Promise<number> {
    const report = await load.stop()
    try {
      return expectAllAnswered(report, what).sent
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${await this.#world.account()}`)
    }
  }

  /** The next image; returns when the model is written. */
  begin(): void {
    this.#edition++
    this.#write()
  }

  /** Returns when only replicas of the present image run, and all of them. */
  async settled(): Promise<void> {
    await eventually(async () => {
      const { desired, ready, replicas, image } = await this.#world.component('web')
      if (image !== this.#image || ready !== desired || replicas.length !== desired) return undefined
      const running = await this.#world.engine.running('pod', 'web')
      return running.length === desired && running.every(({ Image }) => Image === this.#image) ? true : undefined
    }, CHANGE_MS)
  }

  async change(): Promise<void> {
    this.begin()
    await this.settled()
  }

  /** Returns when a container of the present image runs, so that the change is half done. */
  async halfDone(): Promise<void> {
    await eventually(async () => {
      const running = await this.#world.engine.running('pod', 'web')
      return running.some(({ Image }) => Image === this.#image) ? true : undefined
    }, CHANGE_MS)
  }

  get #image(): string {
    return `${this.#repository}:${this.#edition}`
  }

  #write(): void {
    const web = nodeComponent({
      name: 'web',
      program: PROGRAM,
      image: this.#image,
      ports: [8080],
      replicas: this.#settings.replicas,
      readyPath: '/',
    })
    this.#world.write('app.yaml', applicationText('rolling', [web]))
  }

  async #makeImages(): Promise<void> {
    const { docker } = this.#world.engine
    const container = await docker.createContainer({ Image: 'node:22-alpine', Cmd: ['node'] })
    for (let edition = 1; edition <= this.#settings.editions; edition++) {
      await container.commit({ repo: this.#repository, tag: String(edition), changes: `ENV EDITION=${edition}` })
      this.#world.removeAtEnd(`${this.#repository}:${edition}`)
    }
    await container.remove()
  }
}

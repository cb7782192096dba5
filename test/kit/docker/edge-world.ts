import { randomBytes } from 'node:crypto'
import Docker from 'dockerode'
import type { DockerContext } from '../../../runtime/engines/docker/context.ts'
import { DockerEdgeHost } from '../../../runtime/engines/docker/edge/edge-host.ts'
import { HouseImage } from '../../../runtime/engines/docker/edge/house-image.ts'
import { ensureNetwork, networkFacet } from '../../../runtime/engines/docker/network.ts'
import { systemClock } from '../../../runtime/time/system-clock.ts'
import type { EdgeReplica, EdgeTable } from '../../../src/model/edge.ts'
import { eventually } from '../eventually.ts'
import { EdgeConversation } from './edge-conversation.ts'
import { testEndpoint } from './engine.ts'
import { addressOf } from './engine-http.ts'

const NOBODY = new AbortController().signal

export interface EdgeWorldOptions {
  /** Of the daemon. */
  readonly environment?: Readonly<Record<string, string>>
  /** Another engine than that of the run. */
  readonly endpoint?: string
  /** Whether it is taken to be on this machine. */
  readonly local?: boolean
}

/** Edges of one environment on an engine of the tests; everything goes with it, also the images that were made. */
export class DockerEdgeWorld implements AsyncDisposable {
  readonly docker: Docker
  readonly logged: string[] = []
  readonly owner = { environment: 'edges', instance: 'test' }
  readonly place: DockerContext['place']
  readonly house: HouseImage
  readonly context: DockerContext
  readonly pulls: string[] = []
  readonly #channels: EdgeConversation[] = []

  constructor(edgeProgram: string, { environment = {}, endpoint: url = testEndpoint(), local = true }: EdgeWorldOptions = {}) {
    this.docker = new Docker(addressOf(url))
    const unique = randomBytes(4).toString('hex')
    const logger: DockerContext['logger'] = {
      log: (level, message, fields) => void this.logged.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`),
      with: () => logger,
    }
    this.place = { home: `edge-test-${unique}`, prefix: `mptest-edge-${unique}` }
    const endpoint = { url, strategy: 'test', local }
    const base = { docker: this.docker, clock: systemClock, logger, place: this.place, endpoint }
    this.house = new HouseImage({
      context: base,
      edgeProgram,
      metersProgram: new URL('../programs/fake-meters.mjs', import.meta.url).pathname,
      environment: { PATH: process.env.PATH ?? '', ...environment },
      pull: async (ref) => {
        this.pulls.push(ref)
        throw new Error('there is no network')
      },
    })
    // Edges need no more of the engine than this.
    this.context = { ...base, houseImage: (signal: AbortSignal) => this.house.reference(signal) } as DockerContext
  }

  /** Complaints in the log of the daemon, those of edges among them. */
  get complaints(): readonly string[] {
    return this.logged.filter((line) => /^(?:warn|error) /.test(line))
  }

  /** A host as a daemon has one; each further one is that of a daemon that was started again. */
  openHost(): DockerEdgeHost {
    return new DockerEdgeHost(this.context)
  }

  async attach(host: DockerEdgeHost, expects?: EdgeTable): Promise<EdgeConversation> {
    const conversation = new EdgeConversation(await host.attach(this.owner, NOBODY, expects))
    this.#channels.push(conversation)
    return conversation
  }

  /** A server on the environment's network that answers with its name; the port is 80. */
  async replica(name: string): Promise<EdgeReplica> {
    const network = await ensureNetwork(this.context, this.owner, NOBODY)
    const program = `require('node:http').createServer((_, response) => response.end(${JSON.stringify(name)})).listen(80)`
    const container = await this.docker.createContainer({
      Image: 'node:22-alpine',
      Entrypoint: ['node'],
      Cmd: ['-e', program],
      Labels: { 'io.minipaas.home': this.place.home },
      HostConfig: { NetworkMode: network.name, Init: true },
    })
    await container.start()
    const { NetworkSettings } = await container.inspect()
    const host = NetworkSettings.Networks[network.name]?.IPAddress ?? ''
    const id = `${name}--a.0` as EdgeReplica['id']
    return { id, revision: `${name}--a` as EdgeReplica['revision'], host, port: 80 }
  }

  /** The only container of the edge. */
  async edge(): Promise<Docker.ContainerInspectInfo> {
    const [edge, ...more] = await this.edges()
    if (edge === undefined || more.length > 0) throw new Error(`${more.length + (edge === undefined ? 0 : 1)} edges`)
    return this.docker.getContainer(edge.Id).inspect()
  }

  /** The containers of edges, running or not. */
  async edges(): Promise<readonly Docker.ContainerInfo[]> {
    const label = [`io.minipaas.home=${this.place.home}`, 'io.minipaas.role=edge']
    return this.docker.listContainers({ all: true, filters: { label } })
  }

  /** References of the images that this world made. */
  async houseImages(): Promise<readonly string[]> {
    const filters = JSON.stringify({ label: ['io.minipaas.house', `io.minipaas.home=${this.place.home}`] })
    const images = await this.docker.listImages({ filters })
    return images.flatMap(({ RepoTags }) => RepoTags ?? [])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const channel of this.#channels) channel.close()
    const label = [`io.minipaas.home=${this.place.home}`]
    // An edge that is tidied up at this moment goes by itself.
    await eventually(async () => {
      for (const { Id } of await this.docker.listContainers({ all: true, filters: { label } })) {
        await this.docker.getContainer(Id).remove({ force: true, v: true })
      }
      return true
    })
    await networkFacet(this.context).remove('', this.owner, NOBODY)
    await this.house.remove(NOBODY)
  }
}

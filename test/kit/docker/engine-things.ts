import Docker from 'dockerode'
import { LABELS, type Role } from '../../../runtime/engines/docker/labels.ts'
import { placeOf } from '../../../runtime/engines/docker/place.ts'
import { eventually } from '../eventually.ts'
import { addressOf } from './engine-http.ts'

/** What of one state directory is on an engine, by name. */
export interface OnEngine {
  readonly containers: readonly string[]
  readonly networks: readonly string[]
  readonly volumes: readonly string[]
}

/** The things of one state directory on an engine, as somebody else sees them: by their labels. */
export class EngineThings {
  readonly docker: Docker
  readonly #label: string

  constructor(endpoint: string, home: string) {
    this.docker = new Docker(addressOf(endpoint))
    this.#label = `${LABELS.home}=${placeOf(home, home).home}`
  }

  /** Containers that run, of one role; of one component where it is given. */
  async running(role: Role, component?: string): Promise<readonly Docker.ContainerInfo[]> {
    const label = [this.#label, `${LABELS.role}=${role}`]
    if (component !== undefined) label.push(`${LABELS.component}=${component}`)
    return this.docker.listContainers({ filters: { label } })
  }

  /** Containers of one role, running or not. */
  async containers(role: Role): Promise<readonly Docker.ContainerInfo[]> {
    return this.docker.listContainers({ all: true, filters: { label: [this.#label, `${LABELS.role}=${role}`] } })
  }

  async all(): Promise<OnEngine> {
    const filters = { label: [this.#label] }
    const [containers, networks, { Volumes: volumes }] = await Promise.all([
      this.docker.listContainers({ all: true, filters }),
      this.docker.listNetworks({ filters }),
      this.docker.listVolumes({ filters }),
    ])
    return {
      containers: containers.map(({ Names: [name = ''] }) => name.slice(1)).sort(),
      networks: networks.map(({ Name }) => Name).sort(),
      volumes: (volumes ?? []).map(({ Name }) => Name).sort(),
    }
  }

  /** Names of images that were built for it, ids where they have none. */
  async images(): Promise<readonly string[]> {
    const found = await this.docker.listImages({ filters: { label: [this.#label] } })
    return found
      .flatMap(({ Id, RepoTags }) => {
        const names = (RepoTags ?? []).filter((name) => name !== '<none>:<none>')
        return names.length === 0 ? [Id] : names
      })
      .sort()
  }

  /** Removes everything, whatever state it is in. Throws when something is still there after half a minute. */
  async removeAll(): Promise<void> {
    await eventually(async () => {
      const { containers, networks, volumes } = await this.all()
      await Promise.all(containers.map((name) => this.docker.getContainer(name).remove({ force: true, v: true })))
      await Promise.all(networks.map((name) => this.docker.getNetwork(name).remove()))
      await Promise.all(volumes.map((name) => this.docker.getVolume(name).remove()))
      return containers.length + networks.length + volumes.length === 0 ? true : undefined
    }, 30_000)
    await Promise.all((await this.images()).map((name) => this.#removeImage(name)))
  }

  /** One that a container of somebody else uses stays. */
  async #removeImage(name: string): Promise<void> {
    try {
      await this.docker.getImage(name).remove({ force: true })
    } catch (error) {
      if ((error as { readonly statusCode?: number }).statusCode !== 409) throw error
    }
  }

  async hasImage(reference: string): Promise<boolean> {
    const found = await this.docker.listImages({ filters: { reference: [reference] } })
    return found.length > 0
  }

  /** As `docker ps -a` shows it, for the message of a failed test. */
  async listing(): Promise<string> {
    const containers = await this.docker.listContainers({ all: true, filters: { label: [this.#label] } })
    return containers.map(({ Names, Image, Status }) => `${Names.join(',')}  ${Image}  ${Status}`).join('\n')
  }
}

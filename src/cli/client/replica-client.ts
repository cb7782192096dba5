import type { ContainerProcesses, Discovery, ForwardAnswer, KillAnswer, ReplicaUsage } from '../../wire/answers.ts'
import { API_ROUTES } from '../../wire/api-routes.ts'
import type { KillRequest } from '../../wire/requests.ts'
import type { Channel } from './channel.ts'

/** How the client of an environment asks. */
export interface Asking {
  readonly get: (path: string) => Promise<unknown>
  readonly post: (path: string, body: unknown) => Promise<unknown>
  readonly open: (path: string) => Promise<Channel>
  /** Asks in a way of its own, with the connection found or made first. */
  readonly ask: <T>(question: (discovery: Discovery) => Promise<T>) => Promise<T>
}

/** A path inside a container. */
export interface RemotePlace {
  readonly component: string
  readonly ordinal?: number
  readonly container?: string
  readonly path: string
}

export interface RemotePort {
  readonly component: string
  readonly ordinal?: number
  readonly port: number
}

/** What commands ask about running replicas: processes, files, ports. */
export class ReplicaClient {
  readonly #environment: string
  readonly #asking: Asking

  constructor(environment: string, asking: Asking) {
    this.#environment = environment
    this.#asking = asking
  }

  async processes(components: readonly string[]): Promise<readonly ContainerProcesses[]> {
    const path = withQuery(API_ROUTES.processes(this.#environment), { component: components })
    return (await this.#asking.get(path)) as readonly ContainerProcesses[]
  }

  async usage(components: readonly string[]): Promise<readonly ReplicaUsage[]> {
    return (await this.#asking.get(withQuery(API_ROUTES.usage(this.#environment), { component: components }))) as readonly ReplicaUsage[]
  }

  async kill(request: KillRequest): Promise<KillAnswer> {
    return (await this.#asking.post(API_ROUTES.kill(this.#environment), request)) as KillAnswer
  }

  /** The replica that a connection would reach now; refuses what cannot be forwarded. */
  async forwardTarget(to: RemotePort): Promise<ForwardAnswer> {
    return (await this.#asking.get(this.#forwardPath(to))) as ForwardAnswer
  }

  /** One connection to a port of a replica. */
  async forward(to: RemotePort): Promise<Channel> {
    return await this.#asking.open(this.#forwardPath(to))
  }

  /** A tar archive of a path, as it comes. Reading fails when it breaks off; leaving early ends it. */
  async download(from: RemotePlace): Promise<AsyncIterable<Uint8Array>> {
    const { download } = await import('./archive-http.ts')
    return await this.#asking.ask((discovery) => download(discovery, this.#archivePath(from)))
  }

  /** Sends a tar archive to be unpacked into a directory. */
  async upload(to: RemotePlace, archive: AsyncIterable<Uint8Array>): Promise<void> {
    const { upload } = await import('./archive-http.ts')
    await this.#asking.ask((discovery) => upload(discovery, this.#archivePath(to), archive))
  }

  #forwardPath({ component, port, ordinal }: RemotePort): string {
    return withQuery(API_ROUTES.forward(this.#environment, component), { port, ordinal })
  }

  #archivePath({ component, path, ordinal, container }: RemotePlace): string {
    return withQuery(API_ROUTES.archive(this.#environment, component), { path, ordinal, container })
  }
}

function withQuery(path: string, values: Readonly<Record<string, string | number | readonly string[] | undefined>>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string' || typeof value === 'number') query.append(name, String(value))
    else for (const each of value ?? []) query.append(name, each)
  }
  return query.size === 0 ? path : `${path}?${query}`
}

import type { Clock } from '../../../../src/kernel/clock.ts'
import { DEFAULT_REGISTRY } from '../../../../src/model/image-name.ts'
import { messageOf } from '../../../process-identity/system-error.ts'
import { askHelper } from './credential-program.ts'
import { type AuthEntry, type ConfigPlace, type DockerConfig, NO_CONFIG, readDockerConfig } from './docker-config.ts'

/** As the engine takes it in a header. Source: Docker Engine API, authentication. */
export interface RegistryAuth {
  readonly username?: string
  readonly password?: string
  readonly identitytoken?: string
  readonly registrytoken?: string
  readonly serveraddress: string
}

export interface FoundCredentials {
  /** Absent: the registry is asked as anybody. */
  readonly auth?: RegistryAuth
  /** Why credentials that may exist could not be had; the registry may answer without them. */
  readonly problem?: string
}

/** The key of Docker Hub in every store of credentials. Source: docker/cli, IndexServer. */
const HUB_KEY = 'https://index.docker.io/v1/'
const HUB_HOSTS: ReadonlySet<string> = new Set([DEFAULT_REGISTRY, 'index.docker.io', 'registry-1.docker.io'])
/** A helper's user name that stands for "the secret is an identity token". */
const TOKEN_USER = '<token>'

/** Who the user is at registries, by the configuration of the Docker CLI; read anew each time, because `docker login` changes it. */
export class Credentials {
  readonly #place: ConfigPlace
  readonly #clock: Clock

  constructor(place: ConfigPlace, clock: Clock) {
    this.#place = place
    this.#clock = clock
  }

  /** Of one registry (`docker.io`, `127.0.0.1:5000`). Never throws for what the configuration holds: that is the `problem`. */
  async of(registry: string, signal: AbortSignal): Promise<FoundCredentials> {
    const { config, problem } = await this.#read()
    return problem === undefined ? await this.#find(config, registry, signal) : { problem }
  }

  /** Of several registries, by the key that the engine looks under: for the bases of a build. */
  async ofAll(
    registries: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<{ readonly auths: Readonly<Record<string, RegistryAuth>>; readonly problems: readonly string[] }> {
    const found = await Promise.all([...registries].map((registry) => this.of(registry, signal)))
    return {
      auths: Object.fromEntries(found.flatMap(({ auth }) => (auth === undefined ? [] : [[auth.serveraddress, auth]]))),
      problems: [...new Set(found.flatMap(({ problem }) => problem ?? []))],
    }
  }

  async #read(): Promise<{ readonly config: DockerConfig; readonly problem?: string }> {
    try {
      return { config: await readDockerConfig(this.#place) }
    } catch (error) {
      return { config: NO_CONFIG, problem: messageOf(error) }
    }
  }

  async #find(config: DockerConfig, registry: string, signal: AbortSignal): Promise<FoundCredentials> {
    const serveraddress = keyOf(registry)
    const helper = valueFor(config.credHelpers, registry) ?? config.credsStore
    if (helper !== undefined) {
      try {
        const answer = await askHelper({ name: helper, server: serveraddress, env: this.#place.env, clock: this.#clock }, signal)
        if (answer !== undefined) {
          const { username, secret } = answer
          return { auth: { serveraddress, ...(username === TOKEN_USER ? { identitytoken: secret } : { username, password: secret }) } }
        }
      } catch (error) {
        signal.throwIfAborted()
        return { problem: messageOf(error) }
      }
    }
    const entry = valueFor(config.auths, registry)
    const auth = entry === undefined ? undefined : toAuth(entry, serveraddress)
    return auth === undefined ? {} : { auth }
  }
}

/** The name under which credentials of a registry are kept. */
function keyOf(registry: string): string {
  return HUB_HOSTS.has(registry) ? HUB_KEY : registry
}

/** Entries are keyed by host, or by an address around it. Source: docker/cli, ConvertToHostname. */
function valueFor<T>(entries: Readonly<Record<string, T>>, registry: string): T | undefined {
  const key = keyOf(registry)
  const exact = entries[key] ?? entries[registry]
  if (exact !== undefined) return exact
  const host = hostOf(key)
  return Object.entries(entries).find(([candidate]) => hostOf(candidate) === host)?.[1]
}

function hostOf(key: string): string {
  const host = key.replace(/^https?:\/\//, '').split('/')[0] ?? key
  return HUB_HOSTS.has(host) ? DEFAULT_REGISTRY : host
}

function toAuth(entry: AuthEntry, serveraddress: string): RegistryAuth | undefined {
  const { identitytoken, registrytoken } = entry
  const decoded = entry.auth === undefined ? '' : Buffer.from(entry.auth, 'base64').toString('utf8')
  const split = decoded.indexOf(':')
  const username = split > 0 ? decoded.slice(0, split) : entry.username
  // Some clients of Windows end the text with a zero byte.
  const password = split > 0 ? decoded.slice(split + 1).replace(/\0+$/, '') : entry.password
  if (identitytoken !== undefined) return { serveraddress, identitytoken, ...(username === undefined ? {} : { username }) }
  if (registrytoken !== undefined) return { serveraddress, registrytoken }
  return username === undefined || password === undefined ? undefined : { serveraddress, username, password }
}

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, messageOf } from '../../../process-identity/system-error.ts'

/** What the Docker CLI keeps for its user, as far as registries are concerned. Source: docker/cli, config file. */
export interface DockerConfig {
  readonly auths: Readonly<Record<string, AuthEntry>>
  /** Name of a credential helper by registry. */
  readonly credHelpers: Readonly<Record<string, string>>
  /** Credential helper for every registry without one of its own. */
  readonly credsStore?: string
}

export interface AuthEntry {
  /** `user:password` in base64. */
  readonly auth?: string
  readonly username?: string
  readonly password?: string
  readonly identitytoken?: string
  readonly registrytoken?: string
}

export interface ConfigPlace {
  /** Variables of this process; `DOCKER_CONFIG` names the directory. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly homeDirectory: string
}

export const NO_CONFIG: DockerConfig = { auths: {}, credHelpers: {} }

/** The user's `config.json`; an absent file is an empty one. Throws, with its path, when the file cannot be read or parsed. */
export async function readDockerConfig(place: ConfigPlace): Promise<DockerConfig> {
  const directory = place.env.DOCKER_CONFIG
  const path = join(directory === undefined || directory === '' ? join(place.homeDirectory, '.docker') : directory, 'config.json')
  try {
    return toConfig(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return NO_CONFIG
    throw new Error(`${path} cannot be used: ${messageOf(error)}`, { cause: error })
  }
}

function toConfig(value: unknown): DockerConfig {
  if (!isRecord(value)) throw new Error('it holds no JSON object')
  const { auths, credHelpers, credsStore } = value
  return {
    auths: isRecord(auths) ? Object.fromEntries(Object.entries(auths).map(([key, entry]) => [key, toEntry(entry)])) : {},
    credHelpers: isRecord(credHelpers)
      ? Object.fromEntries(Object.entries(credHelpers).flatMap(([key, name]) => (typeof name === 'string' ? [[key, name]] : [])))
      : {},
    ...(typeof credsStore === 'string' && credsStore !== '' ? { credsStore } : {}),
  }
}

function toEntry(value: unknown): AuthEntry {
  if (!isRecord(value)) return {}
  const names = ['auth', 'username', 'password', 'identitytoken', 'registrytoken'] as const
  return Object.fromEntries(names.flatMap((name) => (typeof value[name] === 'string' && value[name] !== '' ? [[name, value[name]]] : [])))
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { dockerConfigDirectory } from './docker-directory.ts'
import { placeOf, readTls } from './docker-host.ts'
import type { Machine } from './machine.ts'
import { type Finding, nothing, type Strategy } from './strategy.ts'

/** The context that `docker context use` or `DOCKER_CONTEXT` chose; `default` means none. */
export const dockerContext: Strategy = {
  name: 'docker context',
  async find(machine) {
    const name = await currentContext(machine)
    if (name === undefined || name === 'default') return nothing('none is chosen')
    return endpointOf(machine, name)
  },
}

async function currentContext(machine: Machine): Promise<string | undefined> {
  const { DOCKER_CONTEXT: chosen = '' } = machine.environment
  if (chosen !== '') return chosen
  const config = parse(await machine.read(join(dockerConfigDirectory(machine), 'config.json')))
  return textOf(config, 'currentContext')
}

async function endpointOf(machine: Machine, name: string): Promise<Finding> {
  const id = createHash('sha256').update(name).digest('hex')
  const contexts = join(dockerConfigDirectory(machine), 'contexts')
  const meta = parse(await machine.read(join(contexts, 'meta', id, 'meta.json')))
  if (meta === undefined) return { found: 'mistake', why: `context ${name} is chosen, but there is none of that name` }
  const docker = fieldOf(fieldOf(meta, 'Endpoints'), 'docker')
  const host = textOf(docker, 'Host')
  if (host === undefined) return { found: 'mistake', why: `context ${name} has no endpoint for docker` }
  const tls = await readTls(machine, join(contexts, 'tls', id, 'docker'), fieldOf(docker, 'SkipTLSVerify') !== true)
  const isSecured = tls.ca !== undefined || tls.cert !== undefined || !tls.verify
  return placeOf(host, isSecured ? tls : undefined)
}

function parse(text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    // A file that is being written, or damaged: as if it were not there, and the caller says so.
    return undefined
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}

function textOf(value: unknown, name: string): string | undefined {
  const field = fieldOf(value, name)
  return typeof field === 'string' && field !== '' ? field : undefined
}

import { join } from 'node:path'
import { dockerConfigDirectory } from './docker-directory.ts'
import type { TlsMaterial } from './endpoint.ts'
import type { Machine } from './machine.ts'
import { type Finding, nothing, type Strategy } from './strategy.ts'

/** `DOCKER_HOST`, with `DOCKER_TLS_VERIFY` and `DOCKER_CERT_PATH` for tcp. */
export const dockerHost: Strategy = {
  name: 'DOCKER_HOST',
  async find(machine) {
    const { DOCKER_HOST: host = '' } = machine.environment
    return host === '' ? nothing('not set') : placeOf(host, await tlsOfEnvironment(machine))
  },
}

const KINDS = ['unix://', 'npipe://', 'tcp://', 'ssh://', 'http://', 'https://']

/** An address as people write it: without a kind it is tcp, as for the docker command line. */
export function placeOf(host: string, tls: TlsMaterial | undefined): Finding {
  const url = host.includes('://') ? host : `tcp://${host}`
  if (!KINDS.some((kind) => url.startsWith(kind) && url.length > kind.length)) {
    return { found: 'mistake', why: `${JSON.stringify(host)} is not understood; it begins with one of ${KINDS.join(', ')}` }
  }
  const local = url.startsWith('unix://') || url.startsWith('npipe://')
  if (!local && !URL.canParse(url)) return { found: 'mistake', why: `${JSON.stringify(host)} is no address` }
  const secured = tls !== undefined && !local && !url.startsWith('ssh://')
  return { found: 'places', places: [{ url, local, ...(secured ? { tls } : {}) }], only: true }
}

async function tlsOfEnvironment(machine: Machine): Promise<TlsMaterial | undefined> {
  const { DOCKER_TLS_VERIFY: verify = '', DOCKER_TLS: plain = '', DOCKER_CERT_PATH: path } = machine.environment
  if (verify === '' && plain === '') return undefined
  return readTls(machine, path ?? dockerConfigDirectory(machine), verify !== '')
}

/** `ca.pem`, `cert.pem` and `key.pem` of a directory, as far as they are there. */
export async function readTls(machine: Machine, directory: string, verify: boolean): Promise<TlsMaterial> {
  const [ca, cert, key] = await Promise.all(['ca.pem', 'cert.pem', 'key.pem'].map((name) => machine.read(join(directory, name))))
  return {
    verify,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  }
}

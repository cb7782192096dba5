import { Agent } from 'node:http'
import { Agent as TlsAgent } from 'node:https'
import type { EngineEndpoint } from './endpoint.ts'
import { SshAgent } from './ssh-agent.ts'

/** How HTTP requests reach an engine. */
export interface Connection {
  readonly agent: Agent
  readonly protocol: 'http' | 'https'
  readonly socketPath?: string
  readonly host?: string
  readonly port?: number
  /** Begins and ends with a slash. */
  readonly pathPrefix: string
  /** Closes idle connections. */
  readonly close: () => void
}

/** Ports of engines that listen without and with TLS. Source: IANA, docker and docker-s. */
const PLAIN_PORT = 2375
const TLS_PORT = 2376

/** `environment` is that of programs that help to connect. Throws a `TypeError` for an address of a kind that is not known. Nothing is connected yet. */
export function openConnection({ url, tls }: EngineEndpoint, environment: NodeJS.ProcessEnv): Connection {
  const scheme = /^([a-z]+):\/\//.exec(url)?.[1]
  switch (scheme) {
    case 'unix':
    case 'npipe': {
      const agent = guarded(new Agent({ keepAlive: true }))
      return { agent, protocol: 'http', socketPath: socketPathOf(url), pathPrefix: '/', close: () => agent.destroy() }
    }
    case 'ssh': {
      const agent = guarded(new SshAgent(new URL(url), environment))
      return { agent, protocol: 'http', host: 'localhost', port: 80, pathPrefix: '/', close: () => agent.destroy() }
    }
    case 'tcp':
    case 'http':
    case 'https': {
      const { hostname, port, pathname } = new URL(url.replace(/^tcp:/, 'http:'))
      const secure = tls !== undefined || scheme === 'https'
      const agent = guarded(secure ? new TlsAgent({ keepAlive: true, ...tlsOptions(tls) }) : new Agent({ keepAlive: true }))
      return {
        agent,
        protocol: secure ? 'https' : 'http',
        host: hostname.replace(/^\[|\]$/g, ''),
        port: port === '' ? (secure ? TLS_PORT : PLAIN_PORT) : Number(port),
        pathPrefix: pathname.endsWith('/') ? pathname : `${pathname}/`,
        close: () => agent.destroy(),
      }
    }
    default:
      throw new TypeError(`${JSON.stringify(url)} is no address of an engine: unix://, npipe://, tcp:// or ssh:// is missing`)
  }
}

/**
 * Between two requests nobody listens for a failure of a connection: on Node 20 one that is aborted while its response ends would end the
 * whole program. A request that uses the connection is told as always.
 */
function guarded(agent: Agent): Agent {
  const open = agent.createConnection.bind(agent)
  agent.createConnection = (...given) => {
    const socket = open(...given)
    socket?.on('error', () => {})
    return socket
  }
  return agent
}

/** `unix:///run/docker.sock` and `npipe:////./pipe/docker_engine` as paths. */
function socketPathOf(url: string): string {
  return url.slice(url.indexOf('://') + 3)
}

function tlsOptions(tls: EngineEndpoint['tls']): object {
  if (tls === undefined) return {}
  const { ca, cert, key, verify } = tls
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    rejectUnauthorized: verify,
  }
}

import { inspect } from 'node:util'
import type Docker from 'dockerode'
import { openConnection } from './discovery/connection.ts'
import type { EngineEndpoint } from './discovery/endpoint.ts'

export interface Client {
  readonly docker: Docker
  /** Closes idle connections; those that carry a stream end by themselves. */
  readonly close: () => void
}

/** A client for an engine. The SDK is loaded here and nowhere else: a daemon that never meets an engine does without its memory. */
export async function openClient(endpoint: EngineEndpoint, environment: NodeJS.ProcessEnv): Promise<Client> {
  const { default: Sdk } = await import('dockerode')
  const { agent, protocol, socketPath, host, port, pathPrefix, close } = openConnection(endpoint, environment)
  // For a debug line that nobody reads the SDK prints the options of each request, and all connections of the agent with them: that took
  // most of the processor time of a daemon.
  Object.defineProperty(agent, inspect.custom, { value: () => 'Agent' })
  // Everything is said, also what is absent: the SDK would take it from DOCKER_HOST.
  const options = { agent, protocol, socketPath, host, port, pathPrefix, ca: undefined, cert: undefined, key: undefined }
  return { docker: new Sdk(options as Docker.DockerOptions), close }
}

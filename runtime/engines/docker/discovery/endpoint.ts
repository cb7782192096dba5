/** Certificates and key in PEM form; absent parts are those of the system. */
export interface TlsMaterial {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  /** Whether the engine's certificate must be signed by a known authority and name its host. */
  readonly verify: boolean
}

/** Where an engine's API is, and how it was found. */
export interface EngineEndpoint {
  /** As `DOCKER_HOST` has it: `unix:///run/docker.sock`, `tcp://host:2376`, `ssh://user@host`, `npipe:////./pipe/docker_engine`. */
  readonly url: string
  /** Name of the strategy that found it. */
  readonly strategy: string
  /** Reached through a socket or pipe of this machine. The engine may still run in a virtual machine. */
  readonly local: boolean
  readonly tls?: TlsMaterial
}

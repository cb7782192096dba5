import { createServer } from 'node:net'
import { hashValue } from '../../../src/kernel/hash.ts'
import { faults } from './faults.ts'

/** Below the ports that systems give to outgoing connections, so that no client takes one before its application listens. */
const FIRST_PORT = 20_000
const PORT_COUNT = 7_000
const TRIES = 500

export interface PortRequest {
  readonly environment: string
  readonly component: string
  readonly ordinal: number
  readonly container: string
  readonly number: number
}

/**
 * Gives out loopback ports. The first candidate follows from what the port is for, so that a component gets the same
 * one whenever it is free; no file has to remember it. Engines of different homes begin at different ones: two that try
 * the same port at the same moment would both find it free.
 */
export class PortAllocator {
  readonly #home: string
  readonly #taken = new Set<number>()

  constructor(home: string) {
    this.#home = home
  }

  /** A port that nobody listens on and that this engine gave to nobody else. */
  async take(request: PortRequest): Promise<number> {
    const start = Number.parseInt(hashValue({ ...request, home: this.#home }, 8), 16)
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const port = FIRST_PORT + ((start + attempt) % PORT_COUNT)
      if (this.#taken.has(port)) continue
      this.#taken.add(port)
      if (await isFree(port)) return port
      this.#taken.delete(port)
    }
    throw faults.noPort(request.component)
  }

  /** Notes a port of a replica that was found running. */
  adopt(port: number): void {
    this.#taken.add(port)
  }

  release(port: number): void {
    this.#taken.delete(port)
  }
}

/** On Linux a bind to all addresses also finds listeners of one address; elsewhere it would ask the user for permission. */
export async function isFree(port: number): Promise<boolean> {
  const host = process.platform === 'linux' ? undefined : '127.0.0.1'
  const server = createServer()
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ port, exclusive: true, ...(host === undefined ? {} : { host }) }, resolve)
    })
    // The port is free again when the call returns; the event that says so comes later.
    server.close()
    return true
  } catch {
    return false
  }
}

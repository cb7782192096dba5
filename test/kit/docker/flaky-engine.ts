import { rmSync } from 'node:fs'
import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net'
import { testEndpoint } from './engine.ts'
import { addressOf } from './engine-http.ts'

/** The engine of this run, or another one, behind a socket of its own, which can go away and come back. */
export class FlakyEngine implements AsyncDisposable {
  readonly #path: string
  readonly #endpoint: string
  readonly #sockets = new Set<Socket>()
  #server: Server | undefined

  constructor(path: string, endpoint = testEndpoint()) {
    this.#path = path
    this.#endpoint = endpoint
  }

  get endpoint(): string {
    return `unix://${this.#path}`
  }

  async start(): Promise<void> {
    const server = createServer((near) => {
      const far = connect(socketAddress(this.#endpoint))
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(socket)
        socket.on('error', () => other.destroy())
        socket.on('close', () => this.#sockets.delete(socket))
        socket.pipe(other)
      }
    })
    await new Promise<void>((resolve) => server.listen(this.#path, resolve))
    this.#server = server
  }

  /** As when a daemon is killed: connections break, and nobody listens. */
  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    const server = this.#server
    this.#server = undefined
    if (server !== undefined) await new Promise((resolve) => server.close(resolve))
    rmSync(this.#path, { force: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}

function socketAddress(endpoint: string): NetConnectOpts {
  const address = addressOf(endpoint)
  return 'socketPath' in address ? { path: address.socketPath } : address
}

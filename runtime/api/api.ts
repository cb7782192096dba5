import { createServer, type IncomingMessage, type Server } from 'node:http'
import { after } from '../../src/kernel/instant.ts'
import { checkAccess } from './access.ts'
import type { ApiPorts } from './api-ports.ts'
import type { Denial } from './denial.ts'
import { createRestApp } from './rest-routes.ts'
import { createSockets } from './sockets.ts'

export type { LifeCycle } from './api-ports.ts'

/** How long answers that are under way may take once the API closes, in milliseconds. */
const CLOSE_LIMIT_MS = 2000

export interface Api {
  /** The loopback port it listens on. */
  readonly port: number
  /** Accepts nothing new, says goodbye to sockets and ends; resolves when the last connection is closed. */
  close(): Promise<void>
}

/** Serves the API on a free port of 127.0.0.1. */
export async function openApi(ports: ApiPorts): Promise<Api> {
  let port = 0
  let closing = false
  const guardAccess = (request: IncomingMessage): Denial | undefined => checkAccess(request, { token: ports.token, port })
  const sockets = createSockets(ports, guardAccess)
  const server = createServer(createRestApp(ports, { guardAccess, isClosing: () => closing }))
  // An archive may take as long as it takes; the head of a request still has to come within a minute.
  server.requestTimeout = 0
  server.on('upgrade', sockets.upgrade)
  server.on('clientError', (_error, socket) => socket.destroy())
  port = await listen(server)
  return {
    port,
    async close() {
      closing = true
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      sockets.close()
      server.closeIdleConnections()
      const limit = ports.clock.at(after(ports.clock.now(), CLOSE_LIMIT_MS), () => {
        sockets.terminate()
        server.closeAllConnections()
      })
      await closed
      limit[Symbol.dispose]()
    },
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port: 0 }, () => {
      server.off('error', reject)
      const address = server.address()
      if (address === null || typeof address === 'string') return reject(new Error('the API has no port'))
      resolve(address.port)
    })
  })
}

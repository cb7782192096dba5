import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { API_PROTOCOL, DAEMON_STOPPING } from '../../src/wire/api-routes.ts'
import type { ApiPorts } from './api-ports.ts'
import { type Denial, denialOf } from './denial.ts'
import { routeSocket, type Serve } from './socket-routes.ts'

/** Largest frame of a client. */
const MAX_FRAME_BYTES = 8 * 1024 * 1024

/** The WebSocket part of the API: everything is checked before the hand-shake, so a refusal is an ordinary HTTP answer. */
export interface Sockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Closes every socket with `DAEMON_STOPPING`. */
  close(): void
  /** Cuts the sockets that did not close. */
  terminate(): void
}

export function createSockets(ports: ApiPorts, guardAccess: (request: IncomingMessage) => Denial | undefined): Sockets {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: true,
    maxPayload: MAX_FRAME_BYTES,
    handleProtocols: (offered) => (offered.has(API_PROTOCOL) ? API_PROTOCOL : false),
  })

  const begin = (request: IncomingMessage, socket: WebSocket, serve: Serve): void => {
    const presence = ports.lifeCycle.clientPresent()
    socket.on('error', (error) => ports.logger.log('debug', 'a socket failed', { area: 'api', error: error.message }))
    socket.once('close', () => presence[Symbol.dispose]())
    Promise.resolve(serve(socket)).catch((error: unknown) => {
      ports.lifeCycle.reportInternal(error, `socket ${request.url ?? ''}`)
      socket.terminate()
    })
  }

  return {
    upgrade(request, socket, head) {
      socket.on('error', () => socket.destroy())
      const denial = guardAccess(request)
      if (denial !== undefined) return refuse(socket, denial)
      let serve: Serve
      try {
        serve = routeSocket(request, ports)
      } catch (error) {
        return refuse(socket, denialOf(error, 'upgrade', ports))
      }
      server.handleUpgrade(request, socket, head, (accepted) => begin(request, accepted, serve))
    },
    close() {
      for (const client of server.clients) client.close(DAEMON_STOPPING, 'the daemon is stopping')
      server.close()
    },
    terminate() {
      for (const client of server.clients) client.terminate()
    },
  }
}

/** Answers a hand-shake that is not accepted, in plain HTTP. */
function refuse(socket: Duplex, { status, error }: Denial): void {
  const body = JSON.stringify({ error })
  const head = [
    `HTTP/1.1 ${status} Refused`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type * as z from 'zod'
import { API_PROTOCOL, DAEMON_STOPPING, SESSION_GOODBYE } from '../../src/wire/api-routes.ts'
import { eventsQuery, logsQuery } from '../../src/wire/queries.ts'
import type { ApiPorts } from './api-ports.ts'
import { type Denial, DenialError, denialOf, malformed } from './denial.ts'
import { serveExec } from './exec-socket.ts'
import { findEnvironment } from './named-environment.ts'
import { pour } from './socket-stream.ts'

/** Largest frame of a client. */
const MAX_FRAME_BYTES = 8 * 1024 * 1024
const SESSION_ID = /^[A-Za-z0-9_-]{1,100}$/

/** The WebSocket part of the API: everything is checked before the hand-shake, so a refusal is an ordinary HTTP answer. */
export interface Sockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Closes every socket with `DAEMON_STOPPING`. */
  close(): void
  /** Cuts the sockets that did not close. */
  terminate(): void
}

type Serve = (socket: WebSocket) => Promise<void> | void

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
        serve = route(request, ports)
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

/** Which stream a request asks for; throws a denial for what is not there. */
function route(request: IncomingMessage, ports: ApiPorts): Serve {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const [version, kind, name, stream, ...more] = url.pathname.split('/').slice(1).map(decoded)
  if (request.headers.upgrade?.toLowerCase() !== 'websocket') throw new DenialError(noSuchPath(url.pathname))
  if (version === 'v1' && kind === 'sessions' && name !== undefined && stream === undefined) return sessionSocket(name, ports)
  if (version !== 'v1' || kind !== 'environments' || name === undefined || more.length > 0) throw new DenialError(noSuchPath(url.pathname))
  switch (stream) {
    case 'events': {
      const { after } = readQuery(eventsQuery, url)
      const { events } = findEnvironment(ports.environments, name)
      return (socket) => pour(socket, 'events', ports, (signal) => events.follow(after ?? events.seq, signal))
    }
    case 'logs': {
      const { component, app, container, follow, tail, since } = readQuery(logsQuery, url)
      const query = {
        components: component,
        follow,
        ...(app === undefined ? {} : { app }),
        ...(container === undefined ? {} : { container }),
        ...(tail === undefined ? {} : { tail }),
        ...(since === undefined ? {} : { since }),
      }
      const environment = findEnvironment(ports.environments, name)
      return (socket) => pour(socket, 'logs', ports, (signal) => environment.logs(query, signal))
    }
    case 'exec': {
      const environment = findEnvironment(ports.environments, name)
      return (socket) => serveExec(socket, environment, ports)
    }
    default:
      throw new DenialError(noSuchPath(url.pathname))
  }
}

function sessionSocket(session: string, ports: ApiPorts): Serve {
  if (!SESSION_ID.test(session)) {
    const message = 'a session is named by at most 100 letters, digits, hyphens and underscores'
    throw new DenialError({ status: 400, error: { code: 'MP8022', message } })
  }
  return (socket) => {
    const seat = ports.sessions.connect(session)
    socket.once('close', (code) => (code === SESSION_GOODBYE ? seat.leave() : seat.drop()))
  }
}

function readQuery<S extends z.ZodType>(schema: S, url: URL): z.output<S> {
  const query: Record<string, string | readonly string[]> = {}
  for (const key of new Set(url.searchParams.keys())) {
    const values = url.searchParams.getAll(key)
    query[key] = values.length === 1 ? (values[0] ?? '') : values
  }
  const parsed = schema.safeParse(query)
  if (!parsed.success) throw new DenialError(malformed(parsed.error, 'query'))
  return parsed.data
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function noSuchPath(path: string): Denial {
  return { status: 404, error: { code: 'MP8024', message: `the API has no WebSocket ${path}` } }
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

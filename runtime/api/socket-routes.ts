import type { IncomingMessage } from 'node:http'
import type { WebSocket } from 'ws'
import type * as z from 'zod'
import { SESSION_GOODBYE } from '../../src/wire/api-routes.ts'
import { eventsQuery, forwardQuery, logsQuery, requestsQuery } from '../../src/wire/queries.ts'
import type { ApiPorts } from './api-ports.ts'
import { type Denial, DenialError, malformed } from './denial.ts'
import { serveExec } from './exec-socket.ts'
import { serveForward } from './forward-socket.ts'
import { findEnvironment } from './named-environment.ts'
import { serveImages, serveLoad, serveRecord } from './report-sockets.ts'
import { pour } from './socket-stream.ts'

const SESSION_ID = /^[A-Za-z0-9_-]{1,100}$/

export type Serve = (socket: WebSocket) => Promise<void> | void

/** Which stream a request asks for; throws a denial for what is not there. */
export function routeSocket(request: IncomingMessage, ports: ApiPorts): Serve {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const [version, kind, name, stream, component, ...more] = url.pathname.split('/').slice(1).map(decoded)
  if (request.headers.upgrade?.toLowerCase() !== 'websocket') throw new DenialError(noSuchPath(url.pathname))
  if (version === 'v1' && kind === 'sessions' && name !== undefined && stream === undefined) return sessionSocket(name, ports)
  if (version !== 'v1' || kind !== 'environments' || name === undefined || more.length > 0) throw new DenialError(noSuchPath(url.pathname))
  if ((component === undefined) === (stream === 'forward')) throw new DenialError(noSuchPath(url.pathname))
  switch (stream) {
    case 'forward': {
      const { port, ordinal } = readQuery(forwardQuery, url)
      const to = { component: component ?? '', port, ...(ordinal === undefined ? {} : { ordinal }) }
      const { replicaAccess } = findEnvironment(ports.environments, name)
      replicaAccess.forwardTarget(to)
      return (socket) => serveForward(socket, (signal) => replicaAccess.connect(to, signal), ports)
    }
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
    case 'requests': {
      const { component, app, follow, tail, since, failed, after } = readQuery(requestsQuery, url)
      const query = {
        components: component,
        follow,
        failed,
        ...(app === undefined ? {} : { app }),
        ...(tail === undefined ? {} : { tail }),
        ...(since === undefined ? {} : { since }),
        ...(after === undefined ? {} : { after }),
      }
      const environment = findEnvironment(ports.environments, name)
      return (socket) => pour(socket, 'requests', ports, (signal) => environment.requests(query, signal))
    }
    case 'images':
      return (socket) => serveImages(socket, name, ports)
    case 'load':
    case 'record': {
      const environment = findEnvironment(ports.environments, name)
      const serve = stream === 'load' ? serveLoad : serveRecord
      return (socket) => serve(socket, environment, ports)
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

import { createServer, type Server, type Socket } from 'node:net'
import type { EdgeListener } from '../../src/model/edge.ts'
import { type BoundListener, BoundListeners, type OpenListener } from './bound-listeners.ts'

/** Clients that arrive together while the edge is busy; the system may lower it. */
const BACKLOG = 4096

interface Entry extends BoundListener {
  readonly server: Server
}

export interface ConnectionHooks {
  readonly onConnection: (socket: Socket, listener: OpenListener) => void
  readonly onClosed: (listener: OpenListener) => void
}

/** Sockets for the connections of clients. */
export function connectionListeners(hooks: ConnectionHooks): BoundListeners<Entry> {
  return new BoundListeners<Entry>({
    listen: (spec, port) => listen(spec, port, hooks),
    close: (entry) => {
      entry.server.close()
      hooks.onClosed(entry)
    },
  })
}

function listen(spec: EdgeListener, port: number, hooks: ConnectionHooks): Promise<Entry | NodeJS.ErrnoException> {
  return new Promise((resolve) => {
    const server = createServer({ allowHalfOpen: true, noDelay: true })
    server.once('error', resolve)
    server.listen({ host: spec.host, port, backlog: BACKLOG }, () => {
      const address = server.address()
      const bound = typeof address === 'object' && address !== null ? address.port : port
      const entry: Entry = { spec, server, port: bound, wish: spec.port, closed: false }
      server.off('error', resolve)
      // A failed accept (out of descriptors) concerns one connection; the listener stays.
      server.on('error', () => {})
      server.on('connection', (socket) => hooks.onConnection(socket, entry))
      resolve(entry)
    })
  })
}

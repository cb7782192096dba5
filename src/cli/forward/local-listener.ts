import { createServer, type Server, type Socket } from 'node:net'
import { refuse } from '../refusal-error.ts'

export interface LocalListener {
  readonly port: number
  /** Listens no more and cuts its connections. */
  close(): Promise<void>
}

/** Listens on a port of 127.0.0.1 (0: any free one). Each side of a connection may end before the other. */
export async function listenLocally(port: number, accept: (socket: Socket) => void): Promise<LocalListener> {
  const open = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    accept(socket)
  })
  await listening(server, port)
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of open) socket.destroy()
      }),
  }
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'another program uses it' : error.message
      const next = 'choose another local port, or leave it out (":80") for any free one'
      reject(refuse('MP8108', 'failed', { message: `cannot listen on 127.0.0.1:${port}: ${why}`, next }))
    })
    server.listen({ host: '127.0.0.1', port }, resolve)
  })
}

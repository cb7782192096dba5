import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'

/** A server of a test for a protocol over TCP; `serve` gets all bytes that came so far and returns those it has not used. */
export async function listen(
  serve: (socket: Socket, bytes: Buffer) => Buffer,
): Promise<{ readonly port: number; readonly connections: () => number } & AsyncDisposable> {
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer((socket) => {
    let rest: Buffer = Buffer.alloc(0)
    connections++
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
    socket.on('data', (chunk) => {
      rest = serve(socket, Buffer.concat([rest, chunk]))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

import type { Socket } from 'node:net'

/** The address of the other end: `127.0.0.1` instead of `::ffff:127.0.0.1`. */
export function clientAddress({ remoteAddress }: Socket): string {
  if (remoteAddress === undefined) return 'unknown'
  return remoteAddress.startsWith('::ffff:') ? remoteAddress.slice(7) : remoteAddress
}

/** What the edge knows of the client's side of every request on a connection. */
export class ClientSide {
  readonly address: string
  readonly port: number
  readonly scheme: 'http' | 'https'
  /** The lines for a request that brings none of them. */
  readonly lines: string

  constructor(address: string, port: number, scheme: 'http' | 'https') {
    this.address = address
    this.port = port
    this.scheme = scheme
    this.lines = `X-Forwarded-For: ${address}\r\nX-Forwarded-Proto: ${scheme}\r\nX-Forwarded-Port: ${port}\r\n`
  }

  static of(socket: Socket, scheme: 'http' | 'https'): ClientSide {
    return new ClientSide(clientAddress(socket), socket.localPort ?? 80, scheme)
  }
}

import { connect, type Socket } from 'node:net'
import { eventually } from '../../kit/eventually.ts'

/** A connection on which a test writes bytes and looks at the bytes that come back. */
export class RawClient implements Disposable {
  readonly socket: Socket
  received = ''
  ended = false
  closed = false

  /** Connects to a port, or uses a connection that there is. */
  constructor(at: number | Socket) {
    this.socket = typeof at === 'number' ? connect({ host: '127.0.0.1', port: at, allowHalfOpen: true, noDelay: true }) : at
    this.socket
      .on('data', (chunk) => {
        this.received += chunk.toString('latin1')
      })
      .on('end', () => {
        this.ended = true
      })
      .on('close', () => {
        this.closed = true
      })
      .on('error', () => {})
  }

  send(text: string): this {
    this.socket.write(text, 'latin1')
    return this
  }

  /** A GET request of version 1.1, kept alive. */
  get(path = '/', fields = ''): this {
    return this.send(`GET ${path} HTTP/1.1\r\nHost: web.shop.localhost\r\n${fields}\r\n`)
  }

  /** Waits until everything received so far fits, and returns it. */
  async until(pattern: RegExp): Promise<string> {
    return eventually(() => {
      if (!pattern.test(this.received)) throw new Error(`not received yet: ${pattern}; received: ${JSON.stringify(this.received)}`)
      return this.received
    })
  }

  async untilEnd(): Promise<string> {
    await eventually(() => (this.ended || this.closed ? true : undefined))
    return this.received
  }

  [Symbol.dispose](): void {
    this.socket.destroy()
  }
}

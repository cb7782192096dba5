import { connect, type Socket } from 'node:net'

export interface ClientAnswer {
  readonly status: number
  readonly retryAfter: string | undefined
  readonly body: string
}

/** One request on a connection of its own. */
export class Client implements Disposable {
  readonly answer: Promise<ClientAnswer>
  readonly #socket: Socket

  private constructor(socket: Socket, head: string) {
    this.#socket = socket
    let text = ''
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
    })
    this.answer = new Promise((resolve, reject) => {
      socket.once('error', reject)
      socket.once('close', () => {
        const status = /^HTTP\/1\.1 (\d+)/.exec(text)?.[1]
        if (status === undefined) return reject(new Error(`no answer but "${text}"`))
        const end = text.indexOf('\r\n\r\n')
        const retryAfter = /\r\nretry-after: *(.*)\r\n/i.exec(text.slice(0, end + 2))?.[1]
        resolve({ status: Number(status), retryAfter, body: text.slice(end + 4) })
      })
    })
    // Whoever gives up does not wait for it.
    this.answer.catch(() => {})
    socket.write(head)
  }

  /** Connects, sends the request and returns: requests that are sent one after the other come in this order. */
  static async send(port: number, host: string, path: string): Promise<Client> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    return new Client(socket, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
  }

  /** Gives up. */
  [Symbol.dispose](): void {
    this.#socket.destroy()
  }
}

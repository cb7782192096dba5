import { type RawData, WebSocket } from 'ws'
import type { Discovery } from '../../wire/answers.ts'
import { SESSION_GOODBYE, STREAM_FAILED } from '../../wire/api-routes.ts'
import { DaemonGoneError, type RefusalError } from '../refusal-error.ts'
import { refusalOf } from './http.ts'

/** Reading stops while this many messages, or bytes of them, wait to be taken. */
const HIGH_WATER = 1000
const HIGH_WATER_BYTES = 4 * 1024 * 1024

/** One message: text frames as text, binary frames as bytes. */
export type Message = string | Uint8Array

/** A WebSocket to the daemon. */
export interface Channel {
  /**
   * The messages from the start on, to be read once. Ends when the daemon closes normally or the signal aborts;
   * throws a `DaemonGoneError` when the connection breaks.
   */
  messages(signal: AbortSignal): AsyncIterable<Message>
  send(message: Message): void
  /** Says goodbye; resolves when the daemon has heard it. */
  close(): Promise<void>
  /** Breaks off without a goodbye, as a client that is killed does. */
  abandon(): void
}

/** Opens a channel on a path of the API; throws a refusal, or a `DaemonGoneError` when the daemon does not answer. */
export function openChannel(discovery: Discovery, path: string): Promise<Channel> {
  const socket = new WebSocket(`ws://127.0.0.1:${discovery.port}${path}`, {
    headers: { authorization: `Bearer ${discovery.token}` },
    perMessageDeflate: false,
  })
  const channel = new SocketChannel(socket)
  return new Promise((resolve, reject) => {
    socket.once('unexpected-response', (_request, response) => {
      readRefusal(response.statusCode ?? 0, response).then(reject, reject)
    })
    socket.on('error', (error) => reject(new DaemonGoneError(error.message)))
    socket.once('open', () => resolve(channel))
  })
}

async function readRefusal(status: number, body: AsyncIterable<Uint8Array>): Promise<RefusalError> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return refusalOf(status, Buffer.concat(chunks).toString('utf8'))
}

/** Listens from its construction on, so that no message is lost between opening and reading. */
class SocketChannel implements Channel {
  readonly #socket: WebSocket
  readonly #queue: Message[] = []
  #queuedBytes = 0
  #ended: 'no' | 'normally' | 'broken' = 'no'
  #wake: () => void = () => {}
  readonly #closed: Promise<void>

  constructor(socket: WebSocket) {
    this.#socket = socket
    this.#closed = new Promise((resolve) => {
      socket.once('close', () => resolve())
    })
    socket.on('message', (data, binary) => {
      this.#queue.push(binary ? bytesOf(data) : bytesOf(data).toString('utf8'))
      this.#queuedBytes += bytesOf(data).length
      if (this.#queue.length >= HIGH_WATER || this.#queuedBytes >= HIGH_WATER_BYTES) socket.pause()
      this.#wake()
    })
    socket.on('close', (code) => {
      // The last message of a stream that failed says why.
      this.#ended = code === SESSION_GOODBYE || code === STREAM_FAILED ? 'normally' : 'broken'
      this.#wake()
    })
  }

  async *messages(signal: AbortSignal): AsyncIterable<Message> {
    const abort = (): void => {
      void this.close()
      this.#wake()
    }
    signal.addEventListener('abort', abort, { once: true })
    try {
      while (!signal.aborted) {
        const next = this.#queue.shift()
        if (next !== undefined) {
          if (this.#queue.length === 0) {
            this.#queuedBytes = 0
            if (this.#socket.isPaused) this.#socket.resume()
          }
          yield next
        } else if (this.#ended === 'normally') return
        else if (this.#ended === 'broken') throw new DaemonGoneError('the connection broke')
        else
          await new Promise<void>((resolve) => {
            this.#wake = resolve
          })
      }
    } finally {
      signal.removeEventListener('abort', abort)
      void this.close()
    }
  }

  send(message: Message): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(message)
  }

  close(): Promise<void> {
    if (this.#socket.isPaused) this.#socket.resume()
    this.#socket.close(SESSION_GOODBYE)
    return this.#closed
  }

  abandon(): void {
    this.#socket.terminate()
  }
}

function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data)
  return Buffer.isBuffer(data) ? data : Buffer.from(data)
}

import type { RawData, WebSocket } from 'ws'
import { SEND_WINDOW_BYTES, type Taken } from '../../src/wire/answers.ts'
import { sendFrame } from './socket-stream.ts'

/** So often that a client which waits for room never waits for nothing. */
const TELL_EVERY_BYTES = SEND_WINDOW_BYTES / 8

/** One message of a client. */
export interface Frame {
  readonly data: Buffer
  readonly binary: boolean
}

/** The messages of a client from the construction on: none is lost while nobody listens. */
export class FrameQueue {
  readonly #waiting: Frame[] = []
  #take: ((frame: Frame) => void) | undefined
  readonly #left: Promise<never>

  constructor(socket: WebSocket) {
    socket.on('message', (raw: RawData, binary: boolean) => {
      const frame = { data: asBuffer(raw), binary }
      if (this.#take === undefined) this.#waiting.push(frame)
      else this.#take(frame)
    })
    this.#left = new Promise((_, reject) => socket.once('close', () => reject(new Error('the client left before its request'))))
    this.#left.catch(() => {})
  }

  /** The next message; those after it wait. Rejects when the client leaves first. */
  async next(): Promise<Frame> {
    const waiting = this.#waiting.shift()
    if (waiting !== undefined) return waiting
    const coming = new Promise<Frame>((resolve) => {
      this.#take = (frame) => {
        this.#take = undefined
        resolve(frame)
      }
    })
    return await Promise.race([coming, this.#left])
  }

  /** Hands over all further messages as they come. */
  deliver(to: (frame: Frame) => void): void {
    for (const frame of this.#waiting.splice(0)) to(frame)
    this.#take = to
  }
}

/** Tells the client how much of what it sent was passed on, so that it does not send without end what nobody reads. */
export class TakenCount {
  readonly #socket: WebSocket
  #untold = 0

  constructor(socket: WebSocket) {
    this.#socket = socket
  }

  /** Passes bytes on, and counts them once they were taken; those that nobody wants any more count too. */
  async pass(data: Uint8Array, to: { write(data: Uint8Array): void | Promise<void> }): Promise<void> {
    try {
      await to.write(data)
    } catch {
      // Whoever should take them has ended, which its output tells.
    }
    this.#untold += data.length
    if (this.#untold < TELL_EVERY_BYTES) return
    const message: Taken = { type: 'taken', bytes: this.#untold }
    this.#untold = 0
    await sendFrame(this.#socket, JSON.stringify(message))
  }
}

/** A text frame as JSON; undefined for anything else. */
export function parseText({ data, binary }: Frame): unknown {
  if (binary) return undefined
  try {
    return JSON.parse(data.toString('utf8'))
  } catch {
    return undefined
  }
}

function asBuffer(raw: RawData): Buffer {
  if (Array.isArray(raw)) return Buffer.concat(raw)
  return raw instanceof ArrayBuffer ? Buffer.from(raw) : raw
}

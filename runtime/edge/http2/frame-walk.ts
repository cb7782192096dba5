import { END_HEADERS, FRAME_HEADER, HEADERS, PREFACE } from './frames.ts'

/** So much of a HEADERS frame is shown: enough for the padding, the priority and the `:status` that comes first. */
const SHOWN = 16

const CONTINUATION = 9

/** A frame whose header was read: for HEADERS the first bytes of its payload, from `at` to `end`, are there too. */
export interface Frame {
  type: number
  flags: number
  stream: number
  bytes: Buffer
  at: number
  end: number
}

/** Follows HTTP/2 frames of one direction through any cuts of the bytes; the frame it tells of is valid during the call only. */
export class FrameWalk {
  readonly #onFrame: (frame: Frame) => void
  readonly #frame: Frame
  readonly #head = Buffer.alloc(FRAME_HEADER + SHOWN)
  #headLength = 0
  #headNeeded = FRAME_HEADER
  #remaining: number
  /** Between HEADERS and its last CONTINUATION no other frame may stand. */
  #inBlock = false

  constructor(side: 'client' | 'server', onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame
    this.#remaining = side === 'client' ? PREFACE.length : 0
    this.#frame = { type: 0, flags: 0, stream: 0, bytes: this.#head, at: 0, end: 0 }
  }

  /** A frame of our own may stand here. */
  get atBoundary(): boolean {
    return this.#remaining === 0 && this.#headLength === 0 && !this.#inBlock
  }

  /** Reads up to `end`, or up to the next place where a frame of our own may stand; returns the index reached. */
  walk(buffer: Buffer, start: number, end: number, until: 'end' | 'boundary'): number {
    let at = start
    while (at < end) {
      if (this.#remaining > 0) {
        const take = Math.min(this.#remaining, end - at)
        this.#remaining -= take
        at += take
      } else at = this.#readHead(buffer, at, end)
      if (until === 'boundary' && this.atBoundary) return at
    }
    return at
  }

  #readHead(buffer: Buffer, start: number, end: number): number {
    if (this.#headLength === 0 && end - start >= FRAME_HEADER + SHOWN) {
      const needed = headSize(buffer, start)
      this.#tell(buffer, start, needed)
      return start + needed
    }
    const take = Math.min(this.#headNeeded - this.#headLength, end - start)
    buffer.copy(this.#head, this.#headLength, start, start + take)
    this.#headLength += take
    if (this.#headLength === FRAME_HEADER && this.#headNeeded === FRAME_HEADER) this.#headNeeded = headSize(this.#head, 0)
    if (this.#headLength === this.#headNeeded) {
      const needed = this.#headNeeded
      this.#headLength = 0
      this.#headNeeded = FRAME_HEADER
      this.#tell(this.#head, 0, needed)
    }
    return start + take
  }

  #tell(bytes: Buffer, start: number, size: number): void {
    const frame = this.#frame
    frame.type = bytes[start + 3] ?? 0
    frame.flags = bytes[start + 4] ?? 0
    frame.stream = bytes.readUInt32BE(start + 5) & 0x7fff_ffff
    frame.bytes = bytes
    frame.at = start + FRAME_HEADER
    frame.end = start + size
    this.#remaining = bytes.readUIntBE(start, 3) - (size - FRAME_HEADER)
    if (frame.type === HEADERS || frame.type === CONTINUATION) this.#inBlock = (frame.flags & END_HEADERS) === 0
    this.#onFrame(frame)
  }
}

function headSize(bytes: Buffer, start: number): number {
  return bytes[start + 3] === HEADERS ? FRAME_HEADER + Math.min(SHOWN, bytes.readUIntBE(start, 3)) : FRAME_HEADER
}

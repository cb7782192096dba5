/** Follows WebSocket frames through any cuts of the bytes, only to know where one ends. Source: RFC 6455, 5.2. */
export class FrameWalker {
  /** A close frame has begun. */
  closing = false
  #payload = 0
  #header: number[] = []

  get atBoundary(): boolean {
    return this.#payload === 0 && this.#header.length === 0
  }

  /** Reads up to `end`, or up to the next end of a frame; returns the index reached. */
  walk(buffer: Buffer, start: number, end: number, until: 'end' | 'boundary'): number {
    let at = start
    while (at < end) {
      if (this.#payload > 0) {
        const take = Math.min(this.#payload, end - at)
        this.#payload -= take
        at += take
      } else {
        this.#header.push(buffer[at] ?? 0)
        at++
        this.#readHeader()
      }
      if (until === 'boundary' && this.atBoundary) return at
    }
    return at
  }

  #readHeader(): void {
    const header = this.#header
    const [first = 0, second = 0] = header
    if (header.length < 2) return
    const short = second & 0x7f
    const extended = short === 126 ? 2 : short === 127 ? 8 : 0
    const masked = (second & 0x80) === 0 ? 0 : 4
    if (header.length < 2 + extended + masked) return
    if ((first & 0x0f) === 8) this.closing = true
    this.#payload = extended === 0 ? short : header.slice(2, 2 + extended).reduce((length, byte) => length * 256 + byte, 0)
    this.#header = []
  }
}

/** Status 1001, "going away". Source: RFC 6455, 7.4.1. */
export const GOING_AWAY = Buffer.from([0x88, 0x02, 0x03, 0xe9])

/** The same as a client sends it: masked, here with a mask of zeros. */
export const GOING_AWAY_MASKED = Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe9])

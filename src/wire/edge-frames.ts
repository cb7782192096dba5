/** Control frames between daemon and edge: one JSON object per line, at most this long. */
export const MAX_FRAME_BYTES = 64 * 1024 * 1024

/** Splits a byte stream into JSON frames; a frame that is too long or not JSON ends the channel with an error. */
export class FrameReader<T> {
  #rest = ''
  readonly #decoder = new TextDecoder()

  push(chunk: Uint8Array): readonly T[] {
    this.#rest += this.#decoder.decode(chunk, { stream: true })
    if (this.#rest.length > MAX_FRAME_BYTES) throw new Error(`control frame longer than ${MAX_FRAME_BYTES} bytes`)
    const lines = this.#rest.split('\n')
    this.#rest = lines.pop() ?? ''
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as T)
  }
}

export function writeFrame(message: unknown): string {
  return `${JSON.stringify(message)}\n`
}

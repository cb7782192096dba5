/** Control frames between daemon and edge: one JSON object per line, at most this long. */
export const MAX_FRAME_BYTES = 64 * 1024 * 1024

/**
 * Splits a byte stream into JSON frames. A frame that is too long or not JSON ends the channel with an error; where the stream outlives
 * the ends of the channel, `onBroken` says what to take in its place, because the line may begin with the half frame of somebody dead.
 */
export class FrameReader<T> {
  #rest = ''
  readonly #decoder = new TextDecoder()
  readonly #onBroken: ((line: string) => T | undefined) | undefined

  constructor(onBroken?: (line: string) => T | undefined) {
    this.#onBroken = onBroken
  }

  push(chunk: Uint8Array): readonly T[] {
    this.#rest += this.#decoder.decode(chunk, { stream: true })
    const lines = this.#rest.split('\n')
    this.#rest = lines.pop() ?? ''
    const frames = lines.filter((line) => line !== '').flatMap((line) => this.#read(line))
    if (this.#rest.length <= MAX_FRAME_BYTES) return frames
    if (this.#onBroken === undefined) throw new Error(`control frame longer than ${MAX_FRAME_BYTES} bytes`)
    this.#rest = ''
    return frames
  }

  #read(line: string): readonly T[] {
    try {
      return [JSON.parse(line) as T]
    } catch (error) {
      if (this.#onBroken === undefined) throw error
      const instead = this.#onBroken(line)
      return instead === undefined ? [] : [instead]
    }
  }
}

export function writeFrame(message: unknown): string {
  return `${JSON.stringify(message)}\n`
}

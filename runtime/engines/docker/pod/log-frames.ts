import type { LogStream } from '../../../../src/model/engine.ts'

export interface Frame {
  readonly stream: LogStream
  readonly data: Buffer
}

/** Kind, three empty bytes, length. Source: Engine API, ContainerAttach, stream format. */
const HEADER_BYTES = 8
const STDERR = 2

/** Takes the engine's stream of standard output and error apart. Bytes may come in any pieces; a frame comes out whole. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0)

  push(chunk: Buffer): readonly Frame[] {
    const frames: Frame[] = []
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    let place = 0
    while (bytes.length - place >= HEADER_BYTES) {
      const end = place + HEADER_BYTES + bytes.readUInt32BE(place + 4)
      if (end > bytes.length) break
      frames.push({ stream: bytes[place] === STDERR ? 'err' : 'out', data: bytes.subarray(place + HEADER_BYTES, end) })
      place = end
    }
    this.#rest = bytes.subarray(place)
    return frames
  }
}

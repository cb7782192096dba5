import type { LogStream } from '../../../../src/model/engine.ts'
import { type EngineTime, isEarlier, parseEngineTime } from './engine-time.ts'
import type { Frame } from './log-frames.ts'

/** A line that is longer comes in pieces. */
const MAX_LINE_BYTES = 256 * 1024
const NEWLINE = 0x0a
const SPACE = 0x20

export interface EngineLine {
  readonly time: EngineTime
  readonly stream: LogStream
  readonly text: string
}

interface Unfinished {
  readonly time: EngineTime
  readonly pieces: Buffer[]
  bytes: number
}

/**
 * Makes lines of frames with timestamps. The engine cuts a long line after 16 KB, wherever that is in a character, and gives each piece
 * the time of the line: pieces belong together until one ends with a newline.
 */
export class LineAssembler {
  readonly #unfinished = new Map<LogStream, Unfinished>()

  push({ stream, data }: Frame): readonly EngineLine[] {
    const space = data.indexOf(SPACE)
    const time = space < 0 ? undefined : parseEngineTime(data.toString('latin1', 0, space))
    const known = this.#unfinished.get(stream)
    // Without a time it is the continuation of what an engine split otherwise.
    const piece = time === undefined ? data : data.subarray(space + 1)
    const begun = known ?? { time: time ?? { seconds: 0, nanos: 0 }, pieces: [], bytes: 0 }
    const isWhole = piece[piece.length - 1] === NEWLINE
    begun.pieces.push(isWhole ? piece.subarray(0, -1) : piece)
    begun.bytes += piece.length
    if (isWhole) {
      this.#unfinished.delete(stream)
      return [lineOf(begun, stream)]
    }
    this.#unfinished.set(stream, begun)
    return begun.bytes > MAX_LINE_BYTES ? this.#cut(begun, stream) : []
  }

  /** What was written without a newline at the end. */
  rest(): readonly EngineLine[] {
    const lines = [...this.#unfinished].map(([stream, unfinished]) => lineOf(unfinished, stream))
    this.#unfinished.clear()
    return lines
  }

  /** When the earliest unfinished line began; undefined when there is none. */
  unfinishedSince(): EngineTime | undefined {
    const [first, second] = [...this.#unfinished.values()].map(({ time }) => time)
    return first !== undefined && second !== undefined && isEarlier(second, first) ? second : first
  }

  #cut({ time, pieces }: Unfinished, stream: LogStream): readonly EngineLine[] {
    const lines: EngineLine[] = []
    let rest = Buffer.concat(pieces)
    while (rest.length > MAX_LINE_BYTES) {
      const end = characterBoundary(rest, MAX_LINE_BYTES)
      lines.push({ time, stream, text: rest.toString('utf8', 0, end) })
      rest = rest.subarray(end)
    }
    this.#unfinished.set(stream, { time, pieces: [rest], bytes: rest.length })
    return lines
  }
}

/** UTF-8 with a carriage return before the newline taken away. */
function lineOf({ time, pieces }: Unfinished, stream: LogStream): EngineLine {
  const text = Buffer.concat(pieces).toString('utf8')
  return { time, stream, text: text.endsWith('\r') ? text.slice(0, -1) : text }
}

/** The last place at or before `limit` that does not divide a character. */
function characterBoundary(bytes: Buffer, limit: number): number {
  let cut = limit
  while (cut > 0 && ((bytes[cut] ?? 0) & 0xc0) === 0x80) cut--
  return cut === 0 ? limit : cut
}

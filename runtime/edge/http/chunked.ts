import { CHARACTERS, CR, LF, TAB, TOKEN, VALUE } from './characters.ts'
import { MAX_HEAD } from './head-lines.ts'

/** Longest size line with its extensions, and most digits of a size (2^52 bytes). */
const MAX_SIZE_LINE = 4096
const MAX_SIZE_DIGITS = 13
/**
 * Trailers that would say how long the message is, after it has ended. Source: RFC 9110, 6.5.1: no trailers are to be generated of fields
 * that are "necessary for message framing". Whoever believes them reads another message than we do.
 */
const FRAMING = new Set(['content-length', 'transfer-encoding'])
const LONGEST_FRAMING = 17

type State =
  | 'size'
  | 'extension'
  | 'size-lf'
  | 'data'
  | 'data-cr'
  | 'data-lf'
  | 'trailer'
  | 'trailer-name'
  | 'trailer-value'
  | 'trailer-lf'
  | 'end-lf'
  | 'done'

/** Follows a chunked body through any cuts of its bytes; finds its end, refuses whatever could be read in two ways. */
export class ChunkWalker {
  /** Why the body is malformed; nothing after it can be trusted. */
  error: string | undefined
  #state: State = 'size'
  #size = 0
  #digits = 0
  #lineLength = 0
  #trailerLength = 0
  /** Of the trailer that is being read: its name as far as it could be one of framing. */
  #trailerName = ''
  #cuts: [number, number][] | undefined
  /** When set, gets the ranges of the data without the framing. */
  readonly #onData: ((buffer: Buffer, start: number, end: number) => void) | undefined

  constructor(onData?: (buffer: Buffer, start: number, end: number) => void) {
    this.#onData = onData
  }

  get done(): boolean {
    return this.#state === 'done'
  }

  /**
   * Takes the chunk extensions found by the last `walk`, which ended at `end`, out of its buffer; returns the index after what is left.
   * Nobody here understands any, and readers differ in where one ends. Source: RFC 9112, 7.1.1: "A recipient MUST ignore unrecognized
   * chunk extensions."
   */
  dropExtensions(buffer: Buffer, end: number): number {
    const cuts = this.#cuts
    if (cuts === undefined) return end
    let to = cuts[0]?.[0] ?? end
    for (const [index, [, from]] of cuts.entries()) {
      const next = cuts[index + 1]?.[0] ?? end
      buffer.copyWithin(to, from, next)
      to += next - from
    }
    return to
  }

  /** Reads on and returns the index after the last byte that belongs to the body. */
  walk(buffer: Buffer, start: number, end: number): number {
    let at = start
    this.#cuts = undefined
    while (at < end && this.#state !== 'done' && this.error === undefined) {
      if (this.#state === 'data') {
        const take = Math.min(this.#size, end - at)
        this.#onData?.(buffer, at, at + take)
        this.#size -= take
        at += take
        if (this.#size === 0) this.#state = 'data-cr'
      } else {
        this.#step(buffer[at] ?? 0)
        if (this.#state === 'extension') this.#cut(at)
        at++
      }
    }
    return at
  }

  #step(code: number): void {
    switch (this.#state) {
      case 'size':
        this.#stepSize(code)
        return
      case 'extension':
        if (++this.#lineLength > MAX_SIZE_LINE) this.error = 'a chunk size line is too long'
        else if (code === CR) this.#state = 'size-lf'
        else if (((CHARACTERS[code] ?? 0) & VALUE) === 0) this.error = 'a chunk extension has a forbidden character'
        return
      case 'size-lf':
        this.#lineLength = 0
        this.#digits = 0
        this.#expect(code, LF, this.#size === 0 ? 'trailer' : 'data')
        return
      case 'data-cr':
        this.#expect(code, CR, 'data-lf')
        return
      case 'data-lf':
        this.#expect(code, LF, 'size')
        return
      case 'trailer':
      case 'trailer-name':
      case 'trailer-value':
      case 'trailer-lf':
        this.#stepTrailer(code)
        return
      case 'end-lf':
        this.#expect(code, LF, 'done')
        return
      case 'data':
      case 'done':
        return
    }
  }

  #stepSize(code: number): void {
    const digit = hexDigit(code)
    if (digit >= 0) {
      if (this.#digits === 0) this.#size = 0
      if (++this.#digits > MAX_SIZE_DIGITS) this.error = 'a chunk size is too large'
      this.#size = this.#size * 16 + digit
    } else if (this.#digits === 0) this.error = 'a chunk size is not a hexadecimal number'
    else if (code === CR) this.#state = 'size-lf'
    else if (code === 59) this.#state = 'extension'
    else this.error = 'a chunk size is not a hexadecimal number'
  }

  #stepTrailer(code: number): void {
    if (++this.#trailerLength > MAX_HEAD) this.error = 'the trailers are too long'
    const kind = CHARACTERS[code] ?? 0
    switch (this.#state) {
      case 'trailer':
        if (code === CR) this.#state = 'end-lf'
        else if ((kind & TOKEN) !== 0) {
          this.#state = 'trailer-name'
          this.#trailerName = String.fromCharCode(code)
        } else this.error = 'a trailer has no name'
        return
      case 'trailer-name':
        if (code === 58) {
          this.#state = 'trailer-value'
          if (FRAMING.has(this.#trailerName.toLowerCase())) this.error = 'a trailer says how long the message is'
        } else if ((kind & TOKEN) === 0) this.error = 'a trailer name has a forbidden character'
        else if (this.#trailerName.length <= LONGEST_FRAMING) this.#trailerName += String.fromCharCode(code)
        return
      case 'trailer-value':
        if (code === CR) this.#state = 'trailer-lf'
        else if ((kind & VALUE) === 0 && code !== TAB) this.error = 'a trailer value has a forbidden character'
        return
      default:
        this.#expect(code, LF, 'trailer')
        return
    }
  }

  #cut(at: number): void {
    this.#cuts ??= []
    const last = this.#cuts[this.#cuts.length - 1]
    if (last?.[1] === at) last[1] = at + 1
    else this.#cuts.push([at, at + 1])
  }

  #expect(code: number, wanted: number, next: State): void {
    if (code === wanted) this.#state = next
    else this.error = 'a chunk does not end where its size says'
  }
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  const lower = code | 32
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}

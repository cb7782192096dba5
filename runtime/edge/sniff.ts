import type { Socket } from 'node:net'
import type { Clock } from '../../src/kernel/clock.ts'
import { after, type Millis } from '../../src/kernel/instant.ts'
import { MAX_LINE, PREFACE_HEAD } from './http/head-lines.ts'

/** A client that says nothing for so long may wait for the server to speak first: from then on either may. */
export const SILENCE_MS: Millis = 500

/** As many bytes are looked at. */
export const SNIFFED_BYTES = MAX_LINE + 64

/** `http2` is HTTP/2 by prior knowledge. */
export type Protocol = 'http' | 'http2' | 'other'

/** What the first bytes of a connection are: `unsure` while more are needed. */
export function guessProtocol(text: string): Protocol | 'unsure' {
  if (text.startsWith('PRI ')) {
    if (text.startsWith(PREFACE_HEAD)) return 'http2'
    if (PREFACE_HEAD.startsWith(text)) return 'unsure'
  }
  const lineEnd = text.indexOf('\n')
  const line = lineEnd < 0 ? text : text.slice(0, lineEnd + 1)
  if (lineEnd >= 0) return /^[!#$%&'*+\-.^_`|~\w]+ [^ ]+ HTTP\/1\.\d\r?\n$/.test(line) ? 'http' : 'other'
  return line.length <= MAX_LINE && /^[A-Z][A-Z-]{0,31}(?: [\x21-\xff]*(?: [HTP/1.\d]{0,8}\r?)?)?$/.test(line) ? 'unsure' : 'other'
}

/** Reads until it is known what a connection speaks, then hands over with the bytes read. */
export class Sniffer {
  readonly #socket: Socket
  readonly #decide: (protocol: Protocol, first: Buffer) => void
  readonly #onClosed: () => void
  #timer: Disposable
  #seen: Buffer = Buffer.alloc(0)

  constructor(
    socket: Socket,
    clock: Clock,
    hooks: { readonly decide: (protocol: Protocol, first: Buffer) => void; readonly onClosed: () => void },
  ) {
    this.#socket = socket
    this.#decide = hooks.decide
    this.#onClosed = hooks.onClosed
    this.#timer = clock.at(after(clock.now(), SILENCE_MS), () => this.#finish('other'))
    socket.on('data', this.#onData).on('error', this.#onError).on('end', this.#onEnd).on('close', this.#onClose)
  }

  closeWhenIdle(): void {
    this.#socket.destroy()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  sweep(): void {}

  readonly #onData = (chunk: Buffer): void => {
    this.#seen = this.#seen.length === 0 ? chunk : Buffer.concat([this.#seen, chunk])
    const guess = guessProtocol(this.#seen.toString('latin1', 0, SNIFFED_BYTES))
    if (guess !== 'unsure') this.#finish(guess)
  }

  readonly #onError = (): void => {
    this.#socket.destroy()
  }

  readonly #onEnd = (): void => {
    this.#socket.destroy()
  }

  readonly #onClose = (): void => {
    this.#timer[Symbol.dispose]()
    this.#onClosed()
  }

  #finish(protocol: Protocol): void {
    this.#timer[Symbol.dispose]()
    this.#socket.off('data', this.#onData).off('error', this.#onError).off('end', this.#onEnd).off('close', this.#onClose)
    this.#decide(protocol, this.#seen)
  }
}

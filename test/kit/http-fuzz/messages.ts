/** A source of numbers that gives the same ones for the same seed: mulberry32. */
export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** From 0 up to, and without, `end`. */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % end
  }

  pick<T>(from: readonly [T, ...T[]]): T {
    return from[this.below(from.length)] ?? from[0]
  }
}

const STARTS = [
  'GET / HTTP/1.1',
  'POST /a?b=c HTTP/1.1',
  'PUT /x HTTP/1.1',
  'HEAD / HTTP/1.1',
  'GET /old HTTP/1.0',
  'DELETE /d HTTP/1.1',
] as const
const ODD_STARTS = [
  'GET http://h/abs HTTP/1.1',
  'OPTIONS * HTTP/1.1',
  'OPTIONS http://h HTTP/1.1',
  'GET  / HTTP/1.1',
  'GET / HTTP/1.2',
  'GET / HTTP/2.0',
  'GET / http/1.1',
  'GET /',
  'G@T / HTTP/1.1',
  'get / HTTP/1.1',
  'GET /\x7f HTTP/1.1',
  '\r\nGET / HTTP/1.1',
] as const
const FIELDS = [
  'X-A: 1',
  'Accept: */*',
  'Cookie: a=b; c="d e"',
  'X-Empty:',
  'X-Latin: \xfc',
  'Expect: 100-continue',
  'Connection: keep-alive',
] as const
const FRAMING = [
  'Content-Length: 3',
  'Content-Length: 0',
  'content-length:5',
  'Transfer-Encoding: chunked',
  'transfer-encoding: Chunked',
  'Connection: close',
] as const
const ODD_FIELDS = [
  'Content-Length: 3, 3',
  'Content-Length: +3',
  'Content-Length: 0x3',
  'Content-Length: 003',
  'Content-Length: 99999999999999999999',
  'Content-Length:',
  'Content-Length : 3',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding:',
  'Transfer-Encoding : chunked',
  'Transfer-Encoding:\tchunked',
  ' Transfer-Encoding: chunked',
  'X-Nul: \0',
  'X-Control: \x01',
  'Host: other',
  'X Y: 1',
  ': 1',
  'nothing',
  'Connection: close, content-length',
] as const
const BODIES = [
  '',
  '',
  'abc',
  'abcde',
  '3\r\nabc\r\n0\r\n\r\n',
  '0\r\n\r\n',
  '3;e=1\r\nabc\r\n0\r\nT: 1\r\n\r\n',
  '3;e="a;b"\r\nabc\r\n2;x\r\nde\r\n0;y\r\n\r\n',
  '3\nabc\n0\n\n',
  '03\r\nabc\r\n00\r\n\r\n',
  ' 3\r\nabc\r\n0\r\n\r\n',
  '3 \r\nabc\r\n0\r\n\r\n',
  '4\r\nabc\r\n0\r\n\r\n',
  '0x3\r\nabc\r\n0\r\n\r\n',
  '3\r\nabc\r\n0\r\nContent-Length: 5\r\nbad name: 1\r\n\r\n',
  'ffffffffffffffff\r\n',
] as const
const STATUSES = [
  'HTTP/1.1 200 OK',
  'HTTP/1.0 200 OK',
  'HTTP/1.1 100 Continue',
  'HTTP/1.1 204 No Content',
  'HTTP/1.1 304',
  'HTTP/1.1 2x0 OK',
  'ICY 200 OK',
] as const
/** Bytes that mean something to a parser. */
const SHARP = '\r\n\0 \t:;,"=0123456789abcdefx+-\x7f\x80\xff'

/** A message by the grammar, sometimes with an odd part. */
export function message(dice: Dice, kind: 'request' | 'response'): string {
  const end = (): string => (dice.below(40) === 0 ? dice.pick(['\n', '\r', '\r\r\n']) : '\r\n')
  const start = kind === 'response' ? dice.pick(STATUSES) : dice.below(8) === 0 ? dice.pick(ODD_STARTS) : dice.pick(STARTS)
  let text = start + end()
  if (kind === 'request' && dice.below(20) > 0) text += `Host: h${end()}`
  for (let left = dice.below(5); left > 0; left--) {
    const odd = dice.below(10)
    text += (odd === 0 ? dice.pick(ODD_FIELDS) : odd < 5 ? dice.pick(FRAMING) : dice.pick(FIELDS)) + end()
  }
  return text + end() + dice.pick(BODIES)
}

/** One to three bytes, or slices, of the text are lost, repeated, exchanged or new. */
export function mutate(dice: Dice, text: string): string {
  let mutated = text
  for (let left = dice.below(3) + 1; left > 0; left--) {
    const at = dice.below(mutated.length + 1)
    const to = Math.min(mutated.length, at + 1 + dice.below(dice.below(4) === 0 ? 20 : 1))
    const sharp = SHARP[dice.below(SHARP.length)] ?? ''
    switch (dice.below(5)) {
      case 0:
        mutated = mutated.slice(0, at) + mutated.slice(to)
        break
      case 1:
        mutated = mutated.slice(0, to) + mutated.slice(at, to) + mutated.slice(to)
        break
      case 2:
        mutated = mutated.slice(0, at) + sharp + mutated.slice(at)
        break
      case 3:
        mutated = mutated.slice(0, at) + sharp + mutated.slice(at + 1)
        break
      default:
        mutated = mutated.slice(0, at) + String.fromCharCode(dice.below(256)) + mutated.slice(at + 1)
    }
  }
  return mutated
}

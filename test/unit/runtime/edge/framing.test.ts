import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ChunkWalker } from '../../../../runtime/edge/http/chunked.ts'
import { HeadError } from '../../../../runtime/edge/http/head-lines.ts'
import { parseResponseHead } from '../../../../runtime/edge/http/response-head.ts'
import { decodeStatus, encodeCheck } from '../../../../runtime/edge/probes/grpc-probe.ts'
import { guessProtocol } from '../../../../runtime/edge/sniff.ts'
import { FrameWalker } from '../../../../runtime/edge/websocket-frames.ts'

/** Walks the bytes in pieces; the data without framing, and what came after the body. */
function walk(text: string, cuts: readonly number[] = []): { data: string; rest: string; done: boolean; error: string | undefined } {
  let data = ''
  const walker = new ChunkWalker((buffer, start, end) => {
    data += buffer.toString('latin1', start, end)
  })
  const bytes = Buffer.from(text, 'latin1')
  const edges = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((left, right) => left - right)
  let reached = 0
  for (let index = 1; index < edges.length; index++) {
    const end = edges[index] ?? 0
    if (reached === edges[index - 1]) reached = walker.walk(bytes, reached, end)
  }
  return { data, rest: bytes.toString('latin1', reached), done: walker.done, error: walker.error }
}

describe('a chunked body', () => {
  test.each([
    ['3\r\nabc\r\n0\r\n\r\nnext', { data: 'abc', rest: 'next', done: true }],
    ['0\r\n\r\n', { data: '', rest: '', done: true }],
    ['00a\r\n0123456789\r\n0000\r\n\r\n', { data: '0123456789', done: true }],
    ['3;name=value;q="x y"\r\nabc\r\n0;x\r\nX-Sum: 1\r\nY:\r\n\r\n.', { data: 'abc', rest: '.', done: true }],
    ['3\r\nab', { data: 'ab', done: false, error: undefined }],
    ['0\r\nContent-Lengths: 1\r\nX-Content-Length: 1\r\nContent: 1\r\n\r\n.', { data: '', rest: '.', done: true }],
  ])('%j', (text, expected) => {
    expect(walk(text)).toMatchObject(expected)
  })

  test.each([
    ['\r\n', 'a chunk size is not a hexadecimal number'],
    ['0x1\r\n', 'a chunk size is not a hexadecimal number'],
    [' 1\r\n', 'a chunk size is not a hexadecimal number'],
    ['1 \r\n', 'a chunk size is not a hexadecimal number'],
    ['-1\r\n', 'a chunk size is not a hexadecimal number'],
    ['1\nA', 'a chunk size is not a hexadecimal number'],
    ['1\rA', 'a chunk does not end where its size says'],
    ['1;a\nb', 'a chunk extension has a forbidden character'],
    [`1;${'a'.repeat(5000)}`, 'a chunk size line is too long'],
    ['11111111111111\r\n', 'a chunk size is too large'],
    ['1\r\nab\r\n', 'a chunk does not end where its size says'],
    ['1\r\na\n', 'a chunk does not end where its size says'],
    ['0\r\n x: 1\r\n', 'a trailer has no name'],
    ['0\r\nx y: 1\r\n', 'a trailer name has a forbidden character'],
    ['0\r\nx: \0\r\n', 'a trailer value has a forbidden character'],
    ['0\r\nx: 1\n', 'a trailer value has a forbidden character'],
    ['0\r\nx: 1\r\nContent-Length: 1\r\n', 'a trailer says how long the message is'],
    ['0\r\ntransfer-encoding:', 'a trailer says how long the message is'],
    [`0\r\n${'x: 1\r\n'.repeat(20_000)}`, 'the trailers are too long'],
  ])('%j is malformed', (text, error) => {
    expect(walk(text).error).toBe(error)
  })

  test('is the same however its bytes are cut', () => {
    const chunk = fc.string({ minLength: 1, maxLength: 40, unit: 'binary-ascii' })
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 6 }), fc.array(fc.nat(400), { maxLength: 12 }), fc.boolean(), (chunks, cuts, trailers) => {
        const encoded = chunks.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('')
        const text = `${encoded}0\r\n${trailers ? 'A: b\r\n' : ''}\r\nrest`
        expect(walk(text, cuts)).toMatchObject({ data: chunks.join(''), done: true, error: undefined })
      }),
    )
  })
})

describe('a response head', () => {
  test.each([
    ['HTTP/1.1 200 OK\r\nConnection: close\r\nX: 1\r\n\r\n', { status: 200, statusText: '200 OK', fields: 'X: 1\r\n', keepAlive: false }],
    ['HTTP/1.1 200\r\n\r\n', { status: 200, statusText: '200 ', keepAlive: true, contentLength: -1 }],
    ['HTTP/1.0 404 Not There\r\nContent-Length: 3\r\n\r\n', { statusText: '404 Not There', keepAlive: false, contentLength: 3 }],
    [
      'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5, max=100\r\nTransfer-Encoding: chunked\r\n\r\n',
      { idleMs: 5000, chunked: true, fields: '' },
    ],
  ])('%j', (text, expected) => {
    expect(parseResponseHead(text, text.length)).toMatchObject(expected)
  })

  test.each([
    'HTTP/2 200 OK\r\n\r\n',
    'HTTP/1.1  200 OK\r\n\r\n',
    'HTTP/1.1 20 OK\r\n\r\n',
    'HTTP/1.1 2000 OK\r\n\r\n',
    'HTTP/1.1 200 O\0K\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n',
  ])('%j is refused', (text) => {
    expect(parseResponseHead(text, text.length)).toBeInstanceOf(HeadError)
  })
})

describe('the first bytes of a connection', () => {
  test.each([
    ['GET / HTTP/1.1\r\n', 'http'],
    ['PROPFIND /x HTTP/1.0\n', 'http'],
    ['GET / HT', 'unsure'],
    ['GE', 'unsure'],
    ['GET /a', 'unsure'],
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'http2'],
    ['SET key value\r\n', 'other'],
    ['*1\r\n$4\r\nPING\r\n', 'other'],
    ['\x16\x03\x01', 'other'],
    ['\x00\x00\x00\x08', 'other'],
    ['hello', 'other'],
    ['GET / FTP', 'other'],
  ])('%j: %s', (text, guess) => {
    expect(guessProtocol(text)).toBe(guess)
  })
})

describe('WebSocket frames', () => {
  test('are followed through any cuts', () => {
    const frame = fc.record({
      opcode: fc.constantFrom(1, 2, 8, 9),
      length: fc.constantFrom(0, 1, 125, 126, 300, 65_536),
      masked: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(frame, { minLength: 1, maxLength: 5 }), fc.array(fc.nat(70_000), { maxLength: 8 }), (frames, cuts) => {
        const encoded = frames.map(({ opcode, length, masked }) => {
          const header = [0x80 | opcode, (masked ? 0x80 : 0) | (length < 126 ? length : length < 65_536 ? 126 : 127)]
          if (length >= 65_536) header.push(0, 0, 0, 0, 0, 1, 0, 0)
          else if (length >= 126) header.push(length >> 8, length & 255)
          if (masked) header.push(1, 2, 3, 4)
          return Buffer.concat([Buffer.from(header), Buffer.alloc(length, 7)])
        })
        const bytes = Buffer.concat(encoded)
        const boundaries = new Set<number>()
        let sum = 0
        for (const part of encoded) {
          sum += part.length
          boundaries.add(sum)
        }
        const walker = new FrameWalker()
        const ends = [...cuts.map((cut) => cut % bytes.length), bytes.length].sort((left, right) => left - right)
        let start = 0
        for (const end of ends) {
          walker.walk(bytes, start, end, 'end')
          start = end
          expect(walker.atBoundary).toBe(end === 0 || boundaries.has(end))
        }
        expect(walker.closing).toBe(frames.some(({ opcode }) => opcode === 8))
        expect(new FrameWalker().walk(bytes, 0, bytes.length, 'boundary')).toBe(encoded[0]?.length)
      }),
    )
  })
})

test('the health protocol is spoken by hand', () => {
  expect(encodeCheck('').toString('hex')).toBe('0000000000')
  expect(encodeCheck('a.B').toString('hex')).toBe('00000000050a03612e42')
  expect(decodeStatus(Buffer.from('00000000020801', 'hex'))).toBe(1)
  expect(decodeStatus(Buffer.from('0000000000', 'hex'))).toBe(0)
  expect(decodeStatus(Buffer.from('00', 'hex'))).toBeUndefined()
})

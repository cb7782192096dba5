import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { contradiction } from '../kit/http-fuzz/differences.ts'
import { NodeReader, readByEdge } from '../kit/http-fuzz/readings.ts'

const ends = fc.constantFrom('\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r')
const field = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('X-A: 1', 'Accept: */*', 'Cookie: a=b; c="d e"', 'X-Empty:', 'X-Latin: \xfc') },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'Content-Length: 3',
      'Content-Length: 0',
      'content-length:5',
      'Transfer-Encoding: chunked',
      'transfer-encoding: Chunked',
      'Connection: keep-alive',
      'Connection: close',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'Content-Length: 3, 3',
      'Content-Length: +3',
      'Content-Length: 0x3',
      'Content-Length: 3 ',
      'Content-Length : 3',
      'Transfer-Encoding: gzip, chunked',
      'Transfer-Encoding: chunked, identity',
      'Transfer-Encoding: xchunked',
      'Transfer-Encoding : chunked',
      'Transfer-Encoding:\tchunked',
      ' Transfer-Encoding: chunked',
      'X-Nul: \0',
      'X-Control: \x01',
      'Host: other',
      'X Y: 1',
      ': 1',
      'nothing',
      'Connection: Upgrade',
      'Upgrade: websocket',
    ),
  },
)
const start = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom('GET / HTTP/1.1', 'POST /a?b=c HTTP/1.1', 'PUT /x HTTP/1.1', 'HEAD / HTTP/1.1', 'GET /old HTTP/1.0'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'GET http://h/abs HTTP/1.1',
      'OPTIONS * HTTP/1.1',
      'GET  / HTTP/1.1',
      'GET / HTTP/1.2',
      'GET / http/1.1',
      'GET /',
      'G@T / HTTP/1.1',
      'GET /\x7f HTTP/1.1',
    ),
  },
)
const body = fc.constantFrom(
  '',
  '',
  'abc',
  'abcde',
  '3\r\nabc\r\n0\r\n\r\n',
  '0\r\n\r\n',
  '3;e=1\r\nabc\r\n0\r\nT: 1\r\n\r\n',
  '3\nabc\n0\n\n',
  '03\r\nabc\r\n00\r\n\r\n',
  ' 3\r\nabc\r\n0\r\n\r\n',
  '3 \r\nabc\r\n0\r\n\r\n',
  '4\r\nabc\r\n0\r\n\r\n',
  '0x3\r\nabc\r\n0\r\n\r\n',
  'ffffffffffffffff\r\n',
)
const message = fc
  .record({ start, fields: fc.array(fc.tuple(field, ends), { maxLength: 5 }), firstEnd: ends, lastEnd: ends, body })
  .map(
    (parts) =>
      `${parts.start}${parts.firstEnd}Host: h\r\n${parts.fields.map(([text, end]) => text + end).join('')}${parts.lastEnd}${parts.body}`,
  )

test('the edge and node:http read the same requests, except for what the edge is stricter about', async () => {
  const node = new NodeReader()
  await fc.assert(
    fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 3 }), async (messages) => {
      const bytes = Buffer.from(messages.join(''), 'latin1')
      expect(contradiction(readByEdge(bytes), await node.read(bytes))).toBeUndefined()
    }),
    { numRuns: 3000 },
  )
}, 120_000)

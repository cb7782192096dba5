import { describe, expect, test } from '@jest/globals'
import { findHeadEnd, HeadError } from '../../../../runtime/edge/http/head-lines.ts'
import { parseRequestHead, type RequestHead } from '../../../../runtime/edge/http/request-head.ts'

function parse(text: string): RequestHead | string {
  const end = findHeadEnd(text)
  if (end instanceof HeadError) return `${end.status} ${end.reason}`
  if (end < 0) return 'incomplete'
  const head = parseRequestHead(text, end)
  return head instanceof HeadError ? `${head.status} ${head.reason}` : head
}

function parsed(fields: string, line = 'GET /a?b HTTP/1.1'): RequestHead {
  const head = parse(`${line}\r\nHost: h\r\n${fields}\r\n`)
  if (typeof head === 'string') throw new Error(head)
  return head
}

describe('a good head', () => {
  test('is taken apart once, and its fields stay as they were', () => {
    expect(parsed('Accept: */*\r\nX-O: ü\r\n')).toEqual({
      method: 'GET',
      target: '/a?b',
      minor: 1,
      host: 'h',
      fields: 'Host: h\r\nAccept: */*\r\nX-O: ü\r\n',
      keepAlive: true,
      contentLength: -1,
      chunked: false,
      upgrade: undefined,
      expectsContinue: false,
      forwardedFor: undefined,
      has: { proto: false, host: false, port: false, requestId: false },
      trace: 'none',
    })
  })

  test.each([
    ['Content-Length: 10\r\n', { contentLength: 10, chunked: false }],
    ['Transfer-Encoding: Chunked\r\n', { contentLength: -1, chunked: true }],
    ['Connection: close\r\n', { keepAlive: false }],
    ['Connection: Keep-Alive, close\r\n', { keepAlive: false }],
    ['Connection: Upgrade\r\nUpgrade: websocket\r\n', { upgrade: 'websocket' }],
    ['Upgrade: websocket\r\n', { upgrade: undefined }],
    ['Connection: Upgrade\r\nUpgrade: h2c\r\n', { upgrade: undefined }],
    ['Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 3\r\n', { upgrade: undefined }],
    ['Expect: 100-Continue\r\n', { expectsContinue: true }],
    ['X-Forwarded-For: a\r\nX-forwarded-for: b\r\n', { forwardedFor: 'a, b', fields: 'Host: h\r\n' }],
    ['X-Request-Id: 1\r\nX-Forwarded-Proto: https\r\n', { has: { proto: true, host: false, port: false, requestId: true } }],
    ['A: 1\r\nKeep-Alive: 5\r\nB: 2\r\nTE: trailers\r\nC:3\r\n', { fields: 'Host: h\r\nA: 1\r\nB: 2\r\nC:3\r\n' }],
    [
      'Connection: x-own, host, content-length\r\nX-Own: 1\r\nX-Kept: 2\r\nContent-Length: 0\r\n',
      { fields: 'Host: h\r\nX-Kept: 2\r\nContent-Length: 0\r\n' },
    ],
    ['Trailer: X-Sum\r\n', { fields: 'Host: h\r\nTrailer: X-Sum\r\n' }],
    ['X:\r\nY: \t padded \t\r\n', { fields: 'Host: h\r\nX:\r\nY: \t padded \t\r\n' }],
  ])('with %j', (fields, expected) => {
    expect(parsed(fields)).toMatchObject(expected)
  })

  test.each([
    ['GET http://Other:81/x?y HTTP/1.1', { target: '/x?y', host: 'Other:81', fields: 'Host: Other:81\r\n' }],
    ['GET http://other?y HTTP/1.1', { target: '/?y', host: 'other' }],
    ['OPTIONS * HTTP/1.1', { target: '*', host: 'h' }],
    ['GET / HTTP/1.0', { minor: 0, keepAlive: false }],
  ])('with the line %j', (line, expected) => {
    expect(parsed('', line)).toMatchObject(expected)
  })

  test('of HTTP/1.0 may do without a host', () => {
    expect(parse('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')).toMatchObject({ host: '', keepAlive: true })
  })
})

describe('a bad head', () => {
  test.each([
    ['GET / HTTP/1.1\r\n\r\n', '400 there is no Host field'],
    ['GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n', '400 there is more than one Host field'],
    ['GET / HTTP/1.1\r\nHost: a b\r\n\r\n', '400 the Host field is not a host'],
    ['GET / HTTP/1.1\r\nHost: user@h\r\n\r\n', '400 the Host field is not a host'],
    ['GET / HTTP/1.1\nHost: a\n\n', '400 a line ends without carriage return'],
    ['GET / HTTP/1.1\r\nHost: a\nX: 1\r\n\r\n', '400 a header value has a forbidden character'],
    ['GET / HTTP/1.1\r\nHost: a\r\nX: 1\rY: 2\r\n\r\n', '400 a header value has a forbidden character'],
    ['GET / HTTP/1.1\r\nHost: a\r\nX: 1\0\r\n\r\n', '400 a header value has a forbidden character'],
    ['GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n', '400 a header line is folded'],
    ['GET / HTTP/1.1\r\n Host: a\r\n\r\n', '400 a header line is folded'],
    ['GET / HTTP/1.1\r\nHost : a\r\n\r\n', '400 a header name has a forbidden character'],
    ['GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n', '400 a header name is empty or has a forbidden character'],
    ['GET / HTTP/1.1\r\nHost: a\r\nnothing\r\n\r\n', '400 a header name has a forbidden character'],
    ['POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n', '400 there is more than one Content-Length field'],
    ['POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n', '400 the Content-Length field is not a number'],
    ['POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n', '400 the Content-Length field is not a number'],
    ['POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999999999\r\n\r\n', '400 the Content-Length field is not a number'],
    ['POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \r\n\r\n', '400 the Content-Length field is not a number'],
    [
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      '400 Content-Length and Transfer-Encoding exclude each other',
    ],
    [
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n',
      '400 there is more than one Transfer-Encoding field',
    ],
    ['POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n', '501 the only transfer coding known here is chunked'],
    ['POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n', '400 HTTP/1.0 has no Transfer-Encoding'],
    ['GET /  HTTP/1.1\r\nHost: a\r\n\r\n', '400 the request line does not end with a version'],
    ['GET / HTTP/1.1 \r\nHost: a\r\n\r\n', '400 the request line does not end with a version'],
    ['GET / HTTP/1.2\r\nHost: a\r\n\r\n', '505 this version of HTTP is not spoken here'],
    ['GET /\r\nHost: a\r\n\r\n', '400 the request line has no target'],
    ['GET\r\nHost: a\r\n\r\n', '400 the request line has no method'],
    ['G(T / HTTP/1.1\r\nHost: a\r\n\r\n', '400 the request line has no method'],
    ['GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n', '400 the request target is neither a path nor a URL'],
    ['GET a HTTP/1.1\r\nHost: a\r\n\r\n', '400 the request target is neither a path nor a URL'],
    ['CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n', '405 this is not a forward proxy'],
    [`GET /${'x'.repeat(17_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, '414 the request line is too long'],
    [`GET /${'x'.repeat(17_000)}`, '414 the request line is too long'],
    [`GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`, '431 a header field is too long'],
    [`GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(17_000)}`, '431 a header field is too long'],
    [`GET / HTTP/1.1\r\n${'X: 1\r\n'.repeat(12_000)}`, '431 the header fields are too long'],
    ['GET / HTTP/1.1\r\nHost: a\r\n', 'incomplete'],
    ['', 'incomplete'],
  ])('%j', (text, reason) => {
    expect(parse(text)).toBe(reason)
  })
})

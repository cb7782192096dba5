import { describe, expect, test } from '@jest/globals'
import { ClientSide } from '../../../../runtime/edge/client-side.ts'
import { fieldValue } from '../../../../runtime/edge/http/fields.ts'
import { formatRoutedHead } from '../../../../runtime/edge/http/forwarded.ts'
import { HeadError } from '../../../../runtime/edge/http/head-lines.ts'
import { parseRequestHead, type RequestHead } from '../../../../runtime/edge/http/request-head.ts'
import { effectsOf, type RouteEffects } from '../../../../runtime/edge/route-effects.ts'
import type { EdgeRoute } from '../../../../src/model/edge.ts'

function head(fields: string, line = 'GET /api/x?y HTTP/1.1'): RequestHead {
  const text = `${line}\r\n${fields}\r\n`
  const parsed = parseRequestHead(text, text.length)
  if (parsed instanceof HeadError) throw new Error(parsed.reason)
  return parsed
}

function effects(changes: Partial<EdgeRoute>): RouteEffects {
  const found = effectsOf({ path: '/api', pathType: 'prefix', targets: [], holdMs: 1, ...changes })
  if (found === undefined) throw new Error('the route does nothing')
  return found
}

const sent = (changed: RequestHead): string =>
  formatRoutedHead(changed, new ClientSide('10.0.0.1', 80, 'http'), {
    nextRequestId: () => 'id-1',
    nextTraceId: () => '0af7651916cd43dd8448eb211c80319c',
  })

test('a plain route, and one that redirects, has none', () => {
  const plain: EdgeRoute = { path: '/', pathType: 'prefix', targets: [], holdMs: 1, when: { method: 'GET' }, ignoreCase: true }
  expect(effectsOf(plain)).toBeUndefined()
  expect(effectsOf({ ...plain, redirect: { status: 301 }, idleMs: 1 })).toBeUndefined()
})

describe('the value of a field', () => {
  const request = head('Host: h\r\nX-A: 1\r\nx-ab: 2\r\nx-a:3 \r\nCookie: a=1\r\ncookie: b=2\r\nX-Forwarded-For: 9.9.9.9\r\nEmpty:\r\n')

  test.each([
    ['x-a', '1, 3'],
    ['x-ab', '2'],
    ['x', undefined],
    ['cookie', 'a=1; b=2'],
    ['x-forwarded-for', '9.9.9.9'],
    ['empty', ''],
    ['host', 'h'],
  ])('%s is %s', (name, value) => {
    expect(fieldValue(request, name)).toBe(value)
  })
})

describe('the head that a replica is sent', () => {
  test('is the same object where only answers change', () => {
    const request = head('Host: h\r\n')
    expect(effects({ responseHeaders: { remove: ['server'] } }).requestHead(request)).toBe(request)
  })

  test('has the new host and path, and tells the old host', () => {
    const changed = effects({ rewrite: { host: 'inner', path: { by: 'prefix', path: '/' } } }).requestHead(
      head('A: 1\r\nHost: outer:81\r\n'),
    )
    expect(sent(changed)).toBe(
      'GET /x?y HTTP/1.1\r\nHost: inner\r\nA: 1\r\nX-Forwarded-Host: outer:81\r\nX-Forwarded-For: 10.0.0.1\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Port: 80\r\nX-Request-Id: id-1\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-8448eb211c80319c-01\r\n\r\n',
    )
  })

  test('tells the host of an earlier proxy where there is one, and none for a client without a host', () => {
    const rewrite = { host: 'inner' }
    expect(sent(effects({ rewrite }).requestHead(head('Host: h\r\nX-Forwarded-Host: first\r\n'))).match(/X-Forwarded-Host: .*/g)).toEqual([
      'X-Forwarded-Host: first',
    ])
    const old = sent(effects({ rewrite }).requestHead(head('', 'GET / HTTP/1.0')))
    expect(old).toContain('\r\nHost: inner\r\n')
    expect(old).not.toContain('X-Forwarded-Host')
  })

  test('keeps what a route says about forwarding fields', () => {
    const changed = effects({
      requestHeaders: { set: [{ name: 'X-Forwarded-Proto', value: 'https' }], remove: ['x-request-id', 'X-Forwarded-Port'] },
    }).requestHead(head('Host: h\r\nX-Request-Id: theirs\r\n'))
    expect(sent(changed)).toBe(
      'GET /api/x?y HTTP/1.1\r\nHost: h\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: 10.0.0.1\r\nX-Forwarded-Host: h\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-8448eb211c80319c-01\r\n\r\n',
    )
  })

  test('keeps its framing', () => {
    const request = head('Host: h\r\nTransfer-Encoding: chunked\r\nX: 1\r\n', 'POST /api HTTP/1.1')
    const changed = effects({ requestHeaders: { remove: ['x'] } }).requestHead(request)
    expect(changed).toMatchObject({ chunked: true, contentLength: -1, method: 'POST' })
    expect(sent(changed)).toContain('\r\nTransfer-Encoding: chunked\r\n')
  })
})

describe('the answer', () => {
  test('gets a cookie when the client had another one or none', () => {
    const sticky = effects({ sticky: { name: 's' }, responseHeaders: { remove: ['set-cookie'] } })
    expect(sticky.responseLines('A: 1\r\nSet-Cookie: x=y\r\n', 'mark', undefined)).toBe('A: 1\r\nSet-Cookie: s=mark\r\n')
    expect(sticky.responseLines('A: 1\r\n', 'mark', 'other')).toBe('A: 1\r\nSet-Cookie: s=mark\r\n')
    expect(sticky.responseLines('A: 1\r\n', 'mark', 'mark')).toBe('A: 1\r\n')
  })
})

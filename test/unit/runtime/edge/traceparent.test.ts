import { describe, expect, test } from '@jest/globals'
import { ClientSide } from '../../../../runtime/edge/client-side.ts'
import { formatPlainHead, formatRoutedHead } from '../../../../runtime/edge/http/forwarded.ts'
import { parseRequestHead, type RequestHead } from '../../../../runtime/edge/http/request-head.ts'
import { traceIdOf, traceparentOf } from '../../../../runtime/edge/http/traceparent.ts'
import { TraceIds } from '../../../../runtime/edge/trace-ids.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = '00f067aa0ba902b7'
const valid = `00-${TRACE}-${PARENT}-01`

function headOf(...fields: readonly string[]): RequestHead {
  const text = `GET / HTTP/1.1\r\nHost: web\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`
  const head = parseRequestHead(text, text.length)
  if ('status' in head) throw new Error(head.reason)
  return head
}

const ids = { nextRequestId: () => 'r-1', nextTraceId: () => 'a'.repeat(32) }
const routed = (head: RequestHead): string => formatRoutedHead(head, new ClientSide('127.0.0.1', 80, 'http'), ids)
const created = `traceparent: 00-${'a'.repeat(32)}-${'a'.repeat(16)}-01`

describe('a traceparent', () => {
  test.each([[valid], [`00-${TRACE}-${PARENT}-00`], [`cc-${TRACE}-${PARENT}-01`], [`cc-${TRACE}-${PARENT}-01-what-comes-later`]])(
    '%s is valid',
    (value) => {
      expect(traceIdOf(value)).toBe(TRACE)
    },
  )

  test.each([
    [''],
    ['00'],
    [`00-${TRACE}-${PARENT}`],
    [`00-${TRACE}-${PARENT}-1`],
    [`00-${TRACE}-${PARENT}-01-more`],
    [`cc-${TRACE}-${PARENT}-01.more`],
    [`ff-${TRACE}-${PARENT}-01`],
    [`0x-${TRACE}-${PARENT}-01`],
    [`00-${TRACE.toUpperCase()}-${PARENT}-01`],
    [`00-${'0'.repeat(32)}-${PARENT}-01`],
    [`00-${TRACE}-${'0'.repeat(16)}-01`],
    [`00-${TRACE}-${PARENT}-0g`],
    [`00_${TRACE}_${PARENT}_01`],
  ])('"%s" is not', (value) => {
    expect(traceIdOf(value)).toBeUndefined()
  })
})

describe('at the listener of the routes', () => {
  test('a valid one is passed on as it came, with its tracestate', () => {
    const head = headOf(`Traceparent: ${valid}`, 'tracestate: vendor=1')
    const text = routed(head)
    expect(text).toContain(`Traceparent: ${valid}\r\n`)
    expect(text).toContain('tracestate: vendor=1\r\n')
    expect(text).not.toContain(created)
    expect(head.traceId).toBe(TRACE)
  })

  test('where there is none a trace begins', () => {
    const head = headOf('Accept: */*')
    expect(routed(head)).toContain(`${created}\r\n`)
    expect(head).toMatchObject({ traceId: 'a'.repeat(32), requestId: 'r-1' })
    expect(traceIdOf(traceparentOf('a'.repeat(32)))).toBe('a'.repeat(32))
  })

  test.each([
    [['traceparent: 00-nonsense', 'tracestate: vendor=1']],
    [['tracestate: vendor=1']],
    [[`traceparent: ${valid}`, `traceparent: 00-${TRACE}-${PARENT}-00`]],
  ])('%j begins another', (fields) => {
    const text = routed(headOf(...fields))
    expect(text.match(/^trace(parent|state):.*$/gim)).toEqual([created])
  })

  test('the same request sent again has the same trace', () => {
    let made = 0
    const counting = { ...ids, nextTraceId: () => `${made++}`.padStart(32, 'b') }
    const head = headOf()
    const client = new ClientSide('127.0.0.1', 80, 'http')
    expect(formatRoutedHead(head, client, counting)).toBe(formatRoutedHead(head, client, counting))
    expect(made).toBe(1)
  })
})

test.each([[[]], [[`traceparent: ${valid}`, 'tracestate: a=b']], [['traceparent: nonsense', 'tracestate: a=b']]])(
  'a service address is no proxy: %j goes through as it is',
  (fields) => {
    expect(formatPlainHead(headOf(...fields)).match(/^trace.*(?=\r)/gim) ?? []).toEqual(fields)
  },
)

test('trace ids are valid, and unlike one another and those of another edge', () => {
  const made = ['one', 'two', '0123456789abcdef'].flatMap((seed) => Array.from({ length: 20_000 }, new TraceIds(seed).next))
  expect(new Set(made).size).toBe(60_000)
  expect(made.filter((id) => traceIdOf(`00-${id}-${id.slice(16)}-01`) !== id)).toEqual([])
})

import { describe, expect, test } from '@jest/globals'
import { countedStatus, encodeMessage, grpcStatusOf, isGrpc, readTimeout } from '../../../../runtime/edge/http2/grpc.ts'
import { peekStatusClass } from '../../../../runtime/edge/http2/status-peek.ts'
import { guessProtocol } from '../../../../runtime/edge/sniff.ts'

describe('the first bytes of HTTP/2', () => {
  test.each([
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'http2'],
    ['PRI * HTTP/2.0\r\n\r\n', 'http2'],
    ['PRI * HTTP/2.0\r\n', 'unsure'],
    ['PRI', 'unsure'],
    ['PRI * HTTP/2.0\r\nHost: x\r\n', 'other'],
    ['PRI * HTTP/1.1\r\n', 'http'],
    ['PRICE', 'unsure'],
  ])('%j are %s', (text, protocol) => {
    expect(guessProtocol(text)).toBe(protocol)
  })
})

describe('gRPC', () => {
  test.each([
    ['application/grpc', true],
    ['application/grpc+proto', true],
    ['application/grpc;x=y', true],
    ['application/grpc-web', false],
    ['application/json', false],
  ])('is %s: %s', (type, is) => {
    expect(isGrpc({ 'content-type': type })).toBe(is)
  })

  test.each([
    ['1H', 3_600_000],
    ['2M', 120_000],
    ['3S', 3000],
    ['250m', 250],
    ['1500u', 1.5],
    ['1000000n', 1],
    ['123456789S', undefined],
    ['1s', undefined],
    ['', undefined],
  ])('has a timeout: %s', (text, ms) => {
    const timeout = readTimeout({ 'grpc-timeout': text })
    if (ms === undefined) expect(timeout).toBeUndefined()
    else expect(timeout).toBeCloseTo(ms)
  })

  test.each([
    ['plain: 50 $', 'plain: 50 $'],
    ['100 %', '100 %25'],
    ['übrig\r\n', '%C3%BCbrig%0D%0A'],
  ])('encodes %j as %s', (text, encoded) => {
    expect(encodeMessage(text)).toBe(encoded)
    expect(decodeURIComponent(encoded)).toBe(text)
  })

  test('gives our answers a status', () => {
    const of = (status: number, deadline: 'own' | 'none' = 'none'): number => grpcStatusOf({ status, reason: '' }, deadline)
    expect([of(404), of(503), of(502), of(504), of(504, 'own'), of(503, 'own'), of(400), of(405)]).toEqual([12, 14, 14, 14, 4, 14, 13, 2])
  })

  test('is counted by the fault', () => {
    expect(['0', '2', '4', '13', '14', '15', undefined].map(countedStatus)).toEqual([200, 500, 504, 500, 503, 500, 500])
    expect(['1', '3', '5', '7', '16'].map(countedStatus)).toEqual([400, 400, 400, 400, 400])
  })
})

describe('the status of a header block', () => {
  const peek = (flags: number, ...bytes: readonly number[]): number | undefined =>
    peekStatusClass({ type: 1, flags, stream: 1, bytes: Buffer.from(bytes), at: 0, end: bytes.length })

  test.each([
    ['indexed 200', 0, [0x88], 2],
    ['indexed 404', 0, [0x8d], 4],
    ['indexed 500', 0, [0x8e], 5],
    ['in the dynamic table', 0, [0xbe], undefined],
    ['literal 503', 0, [0x48, 3, 0x35, 0x30, 0x33], 5],
    ['literal 302 in Huffman code', 0, [0x48, 0x82, 0x64, 0x02], 3],
    ['literal 429, never indexed', 0, [0x18, 3, 0x34, 0x32, 0x39], 4],
    ['literal 103, not indexed', 0, [0x08, 3, 0x31, 0x30, 0x33], 1],
    ['after a change of the table size', 0, [0x3f, 0xe1, 0x1f, 0x88], 2],
    ['padded', 0x08, [2, 0x8d, 0, 0], 4],
    ['with priority', 0x20, [0, 0, 0, 0, 16, 0x8c], 4],
    ['absent', 0, [], undefined],
    ['another field', 0, [0x40, 1, 0x61, 1, 0x62], undefined],
  ])('%s', (_, flags, bytes, digit) => {
    expect(peek(flags, ...bytes)).toBe(digit)
  })
})

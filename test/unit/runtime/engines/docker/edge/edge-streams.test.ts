import { describe, expect, test } from '@jest/globals'
import { FirstHello } from '../../../../../../runtime/engines/docker/edge/first-hello.ts'
import { Demultiplexer } from '../../../../../../runtime/engines/docker/edge/multiplexed.ts'
import { ProgramLog } from '../../../../../../runtime/engines/shared/program-log.ts'
import type { Logger } from '../../../../../../src/kernel/logger.ts'

function part(stream: 1 | 2, text: string): Buffer {
  const header = Buffer.alloc(8)
  header[0] = stream
  header.writeUInt32BE(Buffer.byteLength(text), 4)
  return Buffer.concat([header, Buffer.from(text)])
}

/** The same bytes in pieces of a length. */
function pieces(bytes: Buffer, length: number): readonly Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) => bytes.subarray(index * length, (index + 1) * length))
}

describe('two streams in one', () => {
  const bytes = Buffer.concat([part(1, 'hello '), part(2, 'oh dear'), part(1, ''), part(1, 'world')])

  test.each([1, 3, 8, 11, 1000])('come apart in pieces of %i bytes', (length) => {
    const parts = new Demultiplexer()
    const said = { out: '', err: '' }
    for (const piece of pieces(bytes, length)) for (const { stream, data } of parts.push(piece)) said[stream] += data.toString()
    expect(said).toEqual({ out: 'hello world', err: 'oh dear' })
  })

  test('a long part is handed on before it is whole', () => {
    const parts = new Demultiplexer()
    expect(parts.push(part(1, 'half and half').subarray(0, 12))).toEqual([{ stream: 'out', data: Buffer.from('half') }])
  })
})

describe('the first greeting', () => {
  const hello = '{"type":"hello","tableVersion":3}\n'

  test.each([1, 5, 1000])('begins what is read, in pieces of %i bytes', (length) => {
    const bytes = Buffer.from(`ext":"the end of \u00fcmlaut"}\n\n{"type":"counters"}\n"hello"\n${hello}{"type":"pong","id":1}\n`)
    const first = new FirstHello()
    const read = Buffer.concat(pieces(bytes, length).map((piece) => first.push(piece)))
    expect(first.found).toBe(true)
    expect(read.toString()).toBe(`${hello}{"type":"pong","id":1}\n`)
  })

  test('is not taken from a line that only contains it', () => {
    const first = new FirstHello()
    expect(first.push(Buffer.from(`{"x":1}${hello}`))).toHaveLength(0)
    expect(first.found).toBe(false)
  })
})

describe('what an edge complains about', () => {
  function heard(...chunks: readonly string[]): { readonly lines: readonly unknown[]; readonly log: ProgramLog } {
    const lines: unknown[] = []
    const logger: Logger = { log: (level, message, fields) => void lines.push([level, message, fields]), with: () => logger }
    const log = new ProgramLog(logger)
    for (const chunk of chunks) log.push(Buffer.from(chunk))
    log.end()
    return { lines, log }
  }

  test('comes to the log with its level and fields, whatever the pieces', () => {
    const entry = '{"at":"x","level":"info","message":"listening","port":53,"deep":{"a":1}}\n'
    expect(heard(entry.slice(0, 9), entry.slice(9)).lines).toEqual([['info', 'listening', { port: 53, deep: '[object Object]' }]])
  })

  test('comes as a warning when it is none of its entries', () => {
    const { lines, log } = heard('Error: out of bread\n', '{"level":"loud","message":"x"}\n', '\n', 'no end')
    expect(lines).toEqual([
      ['warn', 'Error: out of bread', {}],
      ['warn', '{"level":"loud","message":"x"}', {}],
      ['warn', 'no end', {}],
    ])
    expect(log.lastWords).toBe('Error: out of bread\n{"level":"loud","message":"x"}\nno end')
  })

  test('is cut where it does not end', () => {
    expect(heard('x'.repeat(20_000)).lines).toHaveLength(1)
  })
})

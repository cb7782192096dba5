import { describe, expect, test } from '@jest/globals'
import {
  type EngineTime,
  engineTimeOf,
  instantOf,
  isEarlier,
  parseEngineTime,
  sinceText,
} from '../../../../../../runtime/engines/docker/pod/engine-time.ts'
import { HandOver } from '../../../../../../runtime/engines/docker/pod/hand-over.ts'
import { LogCursor } from '../../../../../../runtime/engines/docker/pod/log-cursor.ts'
import { FrameReader } from '../../../../../../runtime/engines/docker/pod/log-frames.ts'
import { LineAssembler } from '../../../../../../runtime/engines/docker/pod/log-lines.ts'
import { mergeInOrder } from '../../../../../../runtime/engines/docker/pod/merge-sequences.ts'
import { formatInstant, instant } from '../../../../../../src/kernel/instant.ts'

describe('times of an engine', () => {
  test.each(['1970-01-01T00:00:00.000Z', '2000-02-29T23:59:59.999Z', '2026-11-25T10:00:00.123Z', '2100-03-01T00:00:00.001Z'])(
    '%s',
    (text) => {
      const time = parseEngineTime(text)
      expect(time && formatInstant(instantOf(time))).toBe(text)
    },
  )

  test('nanoseconds and offsets are understood, anything else is not', () => {
    expect(parseEngineTime('1970-01-01T00:00:01.5Z')).toEqual({ seconds: 1, nanos: 500_000_000 })
    expect(parseEngineTime('1970-01-01T01:00:01.000000007+01:00')).toEqual({ seconds: 1, nanos: 7 })
    expect(parseEngineTime('1969-12-31T22:30:00-01:30')).toEqual({ seconds: 0, nanos: 0 })
    expect(parseEngineTime('0001-01-01T00:00:00Z')?.seconds).toBe(-62_135_596_800)
    for (const text of ['', 'now', '2026-11-25', '2026-11-25T10:00:00', '1764064800']) expect(parseEngineTime(text)).toBeUndefined()
  })

  test('are written and compared to the nanosecond', () => {
    const [early, late] = [
      { seconds: 3, nanos: 41 },
      { seconds: 3, nanos: 42 },
    ]
    expect(sinceText(late)).toBe('3.000000042')
    expect([isEarlier(early, late), isEarlier(late, late), isEarlier(late, { seconds: 4, nanos: 0 })]).toEqual([true, false, true])
    expect(engineTimeOf(instant(1_234))).toEqual({ seconds: 1, nanos: 234_000_000 })
  })
})

function frame(stream: 1 | 2, text: string | Buffer): Buffer {
  const data = Buffer.from(text)
  const header = Buffer.alloc(8)
  header[0] = stream
  header.writeUInt32BE(data.length, 4)
  return Buffer.concat([header, data])
}

describe('frames', () => {
  test('come out whole, however they come in', () => {
    const bytes = Buffer.concat([frame(1, 'one'), frame(2, ''), frame(2, 'two'), frame(1, 'thr')])
    const wanted = [
      ['out', 'one'],
      ['err', ''],
      ['err', 'two'],
      ['out', 'thr'],
    ]
    for (let size = 1; size <= bytes.length; size++) {
      const reader = new FrameReader()
      const found: string[][] = []
      for (let place = 0; place < bytes.length; place += size) {
        for (const { stream, data } of reader.push(bytes.subarray(place, place + size))) found.push([stream, data.toString()])
      }
      expect(found).toEqual(wanted)
    }
  })
})

describe('lines', () => {
  const at = (nanos: number): string => `2026-11-25T10:00:00.${String(nanos).padStart(9, '0')}Z`
  const texts = (
    ...pieces: readonly (readonly ['out' | 'err', string | Buffer])[]
  ): { lines: string[]; rest: string[]; since?: EngineTime } => {
    const assembler = new LineAssembler()
    const lines = pieces.flatMap(([stream, data]) => assembler.push({ stream, data: Buffer.from(data) })).map(({ text }) => text)
    const since = assembler.unfinishedSince()
    return { lines, ...(since === undefined ? {} : { since }), rest: assembler.rest().map(({ text }) => text) }
  }

  test('lose their time, their newline and a carriage return', () => {
    expect(texts(['out', `${at(1)} one two\n`], ['err', `${at(2)} \n`], ['out', `${at(3)} three\r\n`])).toEqual({
      lines: ['one two', '', 'three'],
      rest: [],
    })
  })

  test('that the engine cut are one again, also inside a character, while another stream goes on', () => {
    const euro = Buffer.from('€')
    const first = Buffer.concat([Buffer.from(`${at(1)} long `), euro.subarray(0, 1)])
    const second = Buffer.concat([Buffer.from(`${at(1)} `), euro.subarray(1), Buffer.from(' line\n')])
    expect(texts(['out', first], ['err', `${at(2)} other\n`], ['out', second])).toEqual({ lines: ['other', 'long € line'], rest: [] })
  })

  test('without an end are told last, and say when they began', () => {
    const { lines, rest, since } = texts(['err', `${at(5)} b`], ['out', `${at(4)} a`])
    expect([lines, rest, since?.nanos]).toEqual([[], ['b', 'a'], 4])
  })

  test('without a time belong to what came before', () => {
    expect(texts(['out', `${at(1)} one `], ['out', 'two\n']).lines).toEqual(['one two'])
  })

  test('that never end come in pieces between characters', () => {
    const { lines, rest } = texts(...Array.from({ length: 20 }, () => ['out', `${at(1)} ${'ü€'.repeat(3000)}`] as const))
    expect(lines).toHaveLength(1)
    const all = [...lines, ...rest].join('')
    expect(all).toBe('ü€'.repeat(60_000))
  })
})

describe('the place of a reader', () => {
  const at = (nanos: number): EngineTime => ({ seconds: 1, nanos })
  const placeAfter = (...steps: readonly (number | { readonly open: number | undefined })[]): unknown => {
    const cursor = new LogCursor()
    for (const step of steps) {
      if (typeof step === 'number') cursor.given(at(step))
      else cursor.unfinished(step.open === undefined ? undefined : at(step.open))
    }
    return cursor.position
  }

  test.each([
    ['nothing was given', placeAfter(), undefined],
    ['behind the last line', placeAfter(1, 2), { since: at(2), given: 1 }],
    ['behind several of the same time', placeAfter(1, 2, 2, 2), { since: at(2), given: 3 }],
    ['before an unfinished one', placeAfter(1, 2, { open: 5 }), { since: at(5), given: 0 }],
    ['before an unfinished one, while others go on', placeAfter(1, { open: 2 }, 3, 4), { since: at(2), given: 2 }],
    ['before an unfinished one of the same time as others', placeAfter(2, 2, { open: 2 }, 2), { since: at(2), given: 3 }],
    ['behind one that was finished', placeAfter(1, { open: 2 }, 2, { open: undefined }), { since: at(2), given: 1 }],
  ])('%s', (_, found, wanted) => {
    expect(found).toEqual(wanted)
  })
})

describe('several readers', () => {
  async function* sequence<T>(values: readonly T[], result: string): AsyncGenerator<T, string> {
    yield* values
    return result
  }

  test('are merged in order, and say how they ended', async () => {
    const sequences = [sequence([1, 4, 5], 'first'), sequence([2, 3, 6], 'second'), sequence<number>([], 'third')]
    const ends: string[] = []
    const found: number[] = []
    for await (const [, value] of mergeInOrder(
      sequences,
      (left, right) => left < right,
      (_, result) => ends.push(result),
    ))
      found.push(value)
    expect(found).toEqual([1, 2, 3, 4, 5, 6])
    expect(ends.sort()).toEqual(['first', 'second', 'third'])
  })

  test('are all closed when their reader leaves or one fails', async () => {
    const closed: string[] = []
    async function* open(name: string): AsyncGenerator<number> {
      try {
        yield 1
        if (name === 'bad') throw new Error('broken')
        yield 2
      } finally {
        closed.push(name)
      }
    }
    const before = (left: number, right: number): boolean => left < right
    for await (const _value of mergeInOrder([open('a'), open('b')], before, () => {})) break
    expect(closed.sort()).toEqual(['a', 'b'])
    const reading = (async () => {
      for await (const _value of mergeInOrder([open('bad'), open('good')], before, () => {}));
    })()
    await expect(reading).rejects.toThrow('broken')
    expect(closed).toHaveLength(4)
  })

  test('hand over one value at a time', async () => {
    const board = new HandOver<number>()
    let taken = 0
    const writing = (async () => {
      for (let value = 1; value <= 3; value++) {
        await board.put(value)
        taken = value
      }
      board.close()
    })()
    const found: (readonly [number, number])[] = []
    for await (const value of board) found.push([value, taken])
    await writing
    expect(found.map(([value]) => value)).toEqual([1, 2, 3])
    expect(found.every(([value, before]) => before <= value)).toBe(true)
    await board.put(4)
  })

  test('a failure comes after what was offered before it', async () => {
    const board = new HandOver<number>()
    void board.put(1)
    board.fail(new Error('broken'))
    const found: number[] = []
    const reading = (async () => {
      for await (const value of board) found.push(value)
    })()
    await expect(reading).rejects.toThrow('broken')
    expect(found).toEqual([1])
  })
})

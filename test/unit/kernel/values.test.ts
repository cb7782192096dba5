import { describe, expect, test } from '@jest/globals'
import { canonicalJson, sameValue } from '../../../src/kernel/canonical-json.ts'
import { formatDuration, parseGoDuration } from '../../../src/kernel/duration.ts'
import { FaultError, faultOf, InternalError } from '../../../src/kernel/fault.ts'
import { hashValue } from '../../../src/kernel/hash.ts'
import { earliest, formatInstant, instant } from '../../../src/kernel/instant.ts'
import { didYouMean, nearestName } from '../../../src/kernel/nearest.ts'
import { Collector, conclude, fail, succeed } from '../../../src/kernel/outcome.ts'

describe('durations', () => {
  test.each([
    ['0', 0],
    ['250ms', 250],
    ['1.5s', 1500],
    ['.5s', 500],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['1h2m3s4ms', 3_723_004],
    ['-10s', -10_000],
    ['+1s', 1000],
    ['100us', 0.1],
  ])('%s is %d ms', (text, expected) => {
    expect(parseGoDuration(text)).toBeCloseTo(expected, 6)
  })

  test.each(['', '5', '5 m', 'm', '1d', '1h 2m', 'abc', '1.2.3s', '--1s'])('"%s" is none', (text) => {
    expect(parseGoDuration(text)).toBeUndefined()
  })

  test.each([
    [0, '0ms'],
    [350, '350ms'],
    [4200, '4.2s'],
    [125_000, '2m 5s'],
    [3_780_000, '1h 3m'],
  ])('%d ms is shown as %s', (duration, expected) => {
    expect(formatDuration(duration)).toBe(expected)
  })
})

describe('points in time', () => {
  // Reference values of an independent calendar.
  test.each([
    [0, '1970-01-01T00:00:00.000Z'],
    [-1, '1969-12-31T23:59:59.999Z'],
    [951_868_799_999, '2000-02-29T23:59:59.999Z'],
    [1_709_208_000_001, '2024-02-29T12:00:00.001Z'],
    [1_795_687_200_000, '2026-11-26T10:00:00.000Z'],
    [4_107_542_400_000, '2100-03-01T00:00:00.000Z'],
    [-62_135_596_800_000, '0001-01-01T00:00:00.000Z'],
  ])('%d', (time, text) => {
    expect(formatInstant(instant(time))).toBe(text)
  })

  test('days follow each other over four centuries', () => {
    const lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    const leap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
    let day = 0
    for (let year = 1970; year < 2370; year++) {
      for (const [month, length] of lengths.entries()) {
        const days = month === 1 && leap(year) ? 29 : length
        const two = String(month + 1).padStart(2, '0')
        expect(formatInstant(instant(day * 86_400_000))).toBe(`${year}-${two}-01T00:00:00.000Z`)
        day += days
      }
    }
  })

  test('the earliest ignores absent ones', () => {
    expect(earliest(undefined, instant(5), instant(3), undefined)).toBe(3)
    expect(earliest(undefined)).toBeUndefined()
  })
})

describe('nearest names', () => {
  const names = ['webservice', 'worker', 'task', 'catalog']

  test.each([
    ['webservise', 'webservice'],
    ['Worker', 'worker'],
    ['wroker', 'worker'],
    ['catalogue', 'catalog'],
    ['tsk', 'task'],
    ['database', undefined],
    ['x', undefined],
    ['', undefined],
  ])('%s means %s', (written, meant) => {
    expect(nearestName(written, names)).toBe(meant)
  })

  test('a name is not its own correction', () => {
    expect(nearestName('task', ['task'])).toBeUndefined()
    expect(didYouMean('taks', ['task'])).toBe('did you mean "task"?')
  })
})

describe('canonical JSON', () => {
  test('sorts keys, drops undefined members, keeps lists in order', () => {
    expect(canonicalJson({ b: [2, 1, { d: undefined, c: 'x' }], a: null })).toBe('{"a":null,"b":[2,1,{"c":"x"}]}')
    expect(canonicalJson(undefined)).toBe('null')
  })

  test('equal values have equal hashes, others not', () => {
    expect(hashValue({ a: 1, b: 2 })).toBe(hashValue({ b: 2, a: 1 }))
    expect(hashValue({ a: 1 })).not.toBe(hashValue({ a: '1' }))
    expect(hashValue({ a: 1 }, 16)).toMatch(/^[0-9a-f]{16}$/)
    expect(sameValue({ a: [1] }, { a: [1] })).toBe(true)
    expect(sameValue([1, 2], [2, 1])).toBe(false)
  })
})

describe('outcomes', () => {
  const warning = { code: 'MP1013', severity: 'warning', message: 'w' } as const
  const error = { code: 'MP1001', severity: 'error', message: 'e' } as const

  test('a value stays with warnings and goes with errors', () => {
    expect(conclude(1, [warning])).toEqual({ ok: true, value: 1, diagnostics: [warning] })
    expect(conclude(1, [warning, error])).toEqual({ ok: false, diagnostics: [warning, error] })
  })

  test('a collector keeps what every step said', () => {
    const collector = new Collector()
    expect(collector.take(succeed('a', [warning]))).toBe('a')
    expect(collector.take(fail(error))).toBeUndefined()
    expect(collector.conclude('all')).toEqual({ ok: false, diagnostics: [warning, error] })
  })
})

describe('faults', () => {
  test('come out as they went in; others are ours', () => {
    const fault = { kind: 'timeout', code: 'MP4121', message: 'm', retry: 'soon' } as const
    expect(faultOf(new FaultError(fault))).toEqual(fault)
    expect(faultOf(new InternalError('broken'))).toMatchObject({ kind: 'internal', code: 'MP9001' })
    expect(faultOf('text')).toMatchObject({ kind: 'internal', message: 'text' })
    const aborted = Object.assign(new Error('gone'), { name: 'AbortError' })
    expect(faultOf(aborted)).toMatchObject({ kind: 'cancelled', code: 'MP9002' })
  })
})

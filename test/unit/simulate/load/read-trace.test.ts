import { describe, expect, test } from '@jest/globals'
import { instantOf, readTrace } from '../../../../src/simulate/load/read-trace.ts'

describe('a trace', () => {
  test.each([
    ['CSV with a heading', 'time,count\n0,5\n60,7\n'],
    ['CSV with tabs and a comment', '# of yesterday\n0\t5\n60\t7'],
    ['CSV with dates', '2026-01-05T09:00:00Z,5\n2026-01-05T09:01:00Z,7\n'],
    ['NDJSON', '{"t":0,"count":5}\n{"t":60,"arrivals":7}\n'],
  ])('as %s counts events over stretches of time', (_name, text) => {
    expect(readTrace(text)).toEqual({
      rows: [
        { at: 0, lasts: 60, count: 5 },
        { at: 60, lasts: 60, count: 7 },
      ],
    })
  })

  test.each([
    ['0,5\nlater,7', 2, 1, /"later" is no time/],
    ['0,5\n60,seven', 2, 4, /"seven" is no number/],
    ['0,5\n60,-1', 2, 4, /"-1" is no number/],
    ['0,5\n0,7', 2, 1, /in order of time/],
    ['0,5\nnothing', 2, 1, /neither "time,count" nor a JSON object/],
    ['{"t":0,"count":"x"}', 1, 8, /"x" is no number/],
    ['{"t":0,', 1, 1, /neither/],
  ])('%j is refused with its place', (text, line, column, message) => {
    expect(readTrace(text)).toEqual({ fault: { line, column, message: expect.stringMatching(message) } })
  })
})

test.each([
  ['1970-01-01T00:00:00Z', 0],
  ['2026-01-05', 1_767_571_200_000],
  ['2024-02-29T12:30:15.5Z', 1_709_209_815_500],
  ['yesterday', undefined],
  ['2026-13-01', undefined],
])('%s is %s', (text, ms) => {
  expect(instantOf(text)).toBe(ms)
})

import { describe, expect, test } from '@jest/globals'
import type { Instant } from '../../../../src/kernel/instant.ts'
import { formatInstant } from '../../../../src/kernel/instant.ts'
import { cronReading } from '../../../../src/scaling/readings/cron.ts'
import { nextCronMs } from '../../../../src/scaling/readings/cron-next.ts'
import { parseCron } from '../../../../src/scaling/readings/cron-schedule.ts'
import { instantOf } from '../../../../src/scaling/readings/local-time.ts'
import { zoneOffset } from '../../../../src/scaling/readings/zone-offset.ts'

/** Milliseconds of `2026-03-29T01:59:59Z`. */
function utc(text: string): number {
  const match = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+(?:\.\d+)?)Z$/.exec(text)
  if (match === null) throw new Error(`no time: ${text}`)
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number)
  return instantOf({ year, month, day, hour, minute }, () => 0) + second * 1000
}

function text(atMs: number | undefined): string | undefined {
  return atMs === undefined ? undefined : formatInstant(atMs as Instant).replace('.000Z', 'Z')
}

function next(cron: string, timezone: string, after: string): string | undefined {
  const schedule = parseCron(cron)
  const offset = zoneOffset(timezone)
  if (typeof schedule === 'string' || offset === undefined) throw new Error(`unusable: ${cron} ${timezone}`)
  return text(nextCronMs(schedule, utc(after), offset))
}

describe('the next match', () => {
  test.each<[string, string, string, string | undefined]>([
    // strictly after, whole minutes
    ['0 8 * * *', 'UTC', '2026-11-29T07:59:59.999Z', '2026-11-29T08:00:00Z'],
    ['0 8 * * *', 'UTC', '2026-11-29T08:00:00Z', '2026-11-30T08:00:00Z'],
    ['*/15 * * * *', 'UTC', '2026-11-29T08:07:30Z', '2026-11-29T08:15:00Z'],
    // n/s runs to the end of the field
    ['5/20 * * * *', 'UTC', '2026-11-29T08:46:00Z', '2026-11-29T09:05:00Z'],
    ['10-30/10 9-17 * * *', 'UTC', '2026-11-29T17:30:00Z', '2026-11-30T09:10:00Z'],
    // names in any case; 2026-11-29 is a Sunday
    ['0 8 * * mon-FRI', 'UTC', '2026-11-29T00:00:00Z', '2026-11-30T08:00:00Z'],
    ['0 8 * Jan *', 'UTC', '2026-11-29T00:00:00Z', '2027-01-01T08:00:00Z'],
    ['0 8 * * SUN', 'UTC', '2026-11-29T09:00:00Z', '2026-12-06T08:00:00Z'],
    // both days given: one is enough
    ['0 0 15 * 1', 'UTC', '2026-11-29T00:00:00Z', '2026-11-30T00:00:00Z'],
    ['0 0 1 * 5', 'UTC', '2026-11-29T00:00:00Z', '2026-12-01T00:00:00Z'],
    // a star or question mark in one of them: both must match
    ['0 0 ? * 1', 'UTC', '2026-12-01T00:00:00Z', '2026-12-07T00:00:00Z'],
    ['0 0 15 * ?', 'UTC', '2026-11-29T00:00:00Z', '2026-12-15T00:00:00Z'],
    // a star with a step above 1 is no star: 2 December is no odd day, but a Wednesday
    ['0 0 */2 * 3', 'UTC', '2026-12-01T00:00:00Z', '2026-12-02T00:00:00Z'],
    // with a step of 1 it is one
    ['0 0 */1 * 3', 'UTC', '2026-12-03T00:00:00Z', '2026-12-09T00:00:00Z'],
    ['0 0 29 2 *', 'UTC', '2026-11-29T00:00:00Z', '2028-02-29T00:00:00Z'],
    // never within five years
    ['0 0 31 2 *', 'UTC', '2026-11-29T00:00:00Z', undefined],
    ['0 0 29 2 *', 'UTC', '2096-03-01T00:00:00Z', undefined],
    // zones
    ['0 8 * * *', 'Europe/Berlin', '2026-11-29T07:00:00Z', '2026-11-30T07:00:00Z'],
    ['0 8 * * *', 'Europe/Berlin', '2026-07-01T00:00:00Z', '2026-07-01T06:00:00Z'],
    ['0 8 * * *', 'Asia/Kathmandu', '2026-11-29T00:00:00Z', '2026-11-29T02:15:00Z'],
    ['0 0 1 * *', 'America/New_York', '2026-11-29T00:00:00Z', '2026-12-01T05:00:00Z'],
    // clocks go forward on 2026-03-29 at 01:00 UTC: 02:30 does not come that day
    ['30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', '2026-03-30T00:30:00Z'],
    ['30 3 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', '2026-03-29T01:30:00Z'],
    // clocks go back on 2026-10-25 at 01:00 UTC: 02:30 comes twice
    ['30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', '2026-10-25T00:30:00Z'],
    ['30 2 * * *', 'Europe/Berlin', '2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'],
    ['30 2 * * *', 'Europe/Berlin', '2026-10-25T01:30:00Z', '2026-10-26T01:30:00Z'],
    // clocks went forward at midnight: 2018-11-04 began at 01:00 in São Paulo
    ['0 0 * * *', 'America/Sao_Paulo', '2018-11-03T12:00:00Z', '2018-11-05T02:00:00Z'],
    ['0 5 4 11 *', 'America/Sao_Paulo', '2018-11-03T12:00:00Z', '2018-11-04T07:00:00Z'],
    // half an hour at a time: Lord Howe
    ['15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T12:00:00Z', '2026-10-04T15:15:00Z'],
  ])('%s in %s after %s is %s', (cron, timezone, after, expected) => {
    expect(next(cron, timezone, after)).toBe(expected)
  })

  test('a zone inside the text wins', () => {
    const input = { start: 'CRON_TZ=UTC 0 8 * * *', end: 'TZ=Asia/Tokyo 0 8 * * *', timezone: 'Europe/Berlin', desiredReplicas: 1 }
    const reading = cronReading({ ...input, nowMs: utc('2026-11-29T00:00:00Z') })
    expect([text(reading.nextStartMs), text(reading.nextEndMs)]).toEqual(['2026-11-29T08:00:00Z', '2026-11-29T23:00:00Z'])
  })
})

describe('text that is no cron', () => {
  test.each([
    ['', 'has 0 fields'],
    ['* * * *', 'has 4 fields'],
    ['0 * * * * *', 'has 6 fields'],
    ['@daily', 'not accepted'],
    ['@every 1h', 'not accepted'],
    ['60 * * * *', '60 is outside 0 to 59'],
    ['* 24 * * *', '24 is outside 0 to 23'],
    ['* * 0 * *', '0 is outside 1 to 31'],
    ['* * * 13 *', '13 is outside 1 to 12'],
    ['* * * * 7', '7 is outside 0 to 6'],
    ['30-10 * * * *', 'begins after it ends'],
    ['*/0 * * * *', 'step of */0'],
    ['1-2-3 * * * *', 'more than one hyphen'],
    ['1/2/3 * * * *', 'more than one slash'],
    ['-5 * * * *', 'is no number'],
    ['mon * * * *', 'is no number'],
    ['* * * * monday', 'is no number or name'],
    ['* * * */jan *', 'is no number'],
  ])('%j: %s', (cron, reason) => {
    expect(parseCron(cron)).toContain(reason)
  })
})

describe('the wish', () => {
  const office = { start: '0 8 * * 1-5', end: '0 18 * * 1-5', timezone: 'Europe/Berlin', desiredReplicas: 10 }

  test.each([
    // Monday 2026-11-30, Berlin is an hour ahead
    ['2026-11-30T06:59:59Z', 0, '2026-11-30T07:00:00Z'],
    ['2026-11-30T07:00:00Z', 10, '2026-11-30T17:00:00Z'],
    ['2026-11-30T16:59:59.999Z', 10, '2026-11-30T17:00:00Z'],
    ['2026-11-30T17:00:00Z', 0, '2026-12-01T07:00:00Z'],
    // the weekend
    ['2026-12-05T12:00:00Z', 0, '2026-12-07T07:00:00Z'],
  ])('at %s it is %d and may change at %s', (now, value, changes) => {
    const reading = cronReading({ ...office, nowMs: utc(now) })
    expect(reading).toMatchObject({ value, active: value > 0 })
    expect(text(reading.changesAtMs)).toBe(changes)
  })

  test('over midnight', () => {
    const night = { start: '0 22 * * *', end: '0 6 * * *', timezone: 'UTC', desiredReplicas: 2 }
    expect(cronReading({ ...night, nowMs: utc('2026-11-30T23:00:00Z') }).value).toBe(2)
    expect(cronReading({ ...night, nowMs: utc('2026-11-30T05:59:00Z') }).value).toBe(2)
    expect(cronReading({ ...night, nowMs: utc('2026-11-30T06:00:00Z') }).value).toBe(0)
  })

  test('a start and an end at the same moment count as inside', () => {
    const input = { start: '0 8 * * *', end: '00 8 * * *', timezone: 'UTC', desiredReplicas: 2 }
    expect(cronReading({ ...input, nowMs: utc('2026-11-30T05:00:00Z') }).active).toBe(true)
  })

  test('a start that never comes is for good, an end that never comes is none', () => {
    const never = '0 0 31 2 *'
    const nowMs = utc('2026-11-30T05:00:00Z')
    expect(cronReading({ start: never, end: '0 8 * * *', timezone: 'UTC', desiredReplicas: 2, nowMs }).active).toBe(true)
    expect(cronReading({ start: '0 8 * * *', end: never, timezone: 'UTC', desiredReplicas: 2, nowMs }).active).toBe(false)
    const both = cronReading({ start: never, end: '0 0 30 2 *', timezone: 'UTC', desiredReplicas: 2, nowMs })
    expect(both).toEqual({ value: 2, active: true })
  })

  test.each([
    ['the same twice', { end: office.start }, 'must differ'],
    ['no replicas', { desiredReplicas: 0 }, 'must not be 0'],
    ['a bad start', { start: 'soon' }, 'start "soon"'],
    ['a bad end', { end: '@daily' }, 'end "@daily"'],
    ['a bad zone', { timezone: 'Mars/Olympus' }, 'no time zone "Mars/Olympus"'],
  ])('%s', (_, change, reason) => {
    expect(cronReading({ ...office, nowMs: 0, ...change }).error).toContain(reason)
  })
})

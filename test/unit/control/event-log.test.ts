import { describe, expect, test } from '@jest/globals'
import { createEventLog } from '../../../src/control/event-log.ts'
import type { EventLog } from '../../../src/control/ports.ts'
import { VirtualClock } from '../../../src/kernel/virtual-clock.ts'
import type { Envelope, Gap } from '../../../src/wire/events.ts'

function aLog(options: { readonly capacity?: number; readonly startAt?: number } = {}) {
  const recorded: Envelope[] = []
  const log = createEventLog({ clock: new VirtualClock(), record: (envelope) => recorded.push(envelope), ...options })
  return { log, recorded }
}

function fill(log: EventLog, count: number): void {
  for (let index = 0; index < count; index++) log.append({ type: 'notice', level: 'info', text: `n${log.seq + 1}` })
}

const numbers = (found: readonly Envelope[] | 'gap') => (found === 'gap' ? 'gap' : found.map((envelope) => envelope.seq))
const shown = (item: Envelope | Gap) => ('gap' in item ? `gap ${item.seq}` : item.seq)

/** Takes items from a follower one by one. */
function reader(log: EventLog, from: number) {
  const over = new AbortController()
  const items = log.follow(from, over.signal)[Symbol.asyncIterator]()
  return {
    async take(count: number) {
      const taken: (string | number)[] = []
      for (let index = 0; index < count; index++) {
        const next = await items.next()
        if (next.done === true) break
        taken.push(shown(next.value))
      }
      return taken
    },
    next: () => items.next(),
    stop: () => over.abort(),
  }
}

describe('the event log', () => {
  test('numbers envelopes from 1 without holes and records each one', () => {
    const { log, recorded } = aLog()
    fill(log, 3)
    expect(log.seq).toBe(3)
    expect(numbers(recorded)).toEqual([1, 2, 3])
  })

  test.each([
    [0, [1, 2, 3, 4]],
    [2, [3, 4]],
    [4, []],
    [5, 'gap'],
  ])('after %d', (last, expected) => {
    const { log } = aLog({ capacity: 10 })
    fill(log, 4)
    expect(numbers(log.after(last))).toEqual(expected)
  })

  test.each([
    [6, 'gap'],
    [7, [8, 9, 10]],
    [10, []],
  ])('after %d of 10 when the ring holds 3', (last, expected) => {
    const { log } = aLog({ capacity: 3 })
    fill(log, 10)
    expect(numbers(log.after(last))).toEqual(expected)
  })

  test('goes on behind the number of an earlier run, whose events are a gap', () => {
    const { log } = aLog({ startAt: 500 })
    expect(numbers(log.after(500))).toEqual([])
    expect(log.after(499)).toBe('gap')
    expect(log.append({ type: 'notice', level: 'info', text: 'x' }).seq).toBe(501)
    expect(numbers(log.after(500))).toEqual([501])
  })

  test('a follower gets what is there and then what comes', async () => {
    const { log } = aLog()
    fill(log, 2)
    const { take, stop } = reader(log, 0)
    expect(await take(2)).toEqual([1, 2])
    const later = take(2)
    fill(log, 2)
    expect(await later).toEqual([3, 4])
    stop()
  })

  test('a follower that is too slow gets one gap and goes on from there', async () => {
    const { log } = aLog({ capacity: 3 })
    fill(log, 1)
    const { take, stop } = reader(log, 0)
    expect(await take(1)).toEqual([1])
    fill(log, 9)
    expect(await take(1)).toEqual(['gap 10'])
    fill(log, 2)
    expect(await take(2)).toEqual([11, 12])
    stop()
  })

  test('a follower with a place from the future gets a gap at once', async () => {
    const { log } = aLog()
    fill(log, 2)
    const { take, stop } = reader(log, 99)
    expect(await take(1)).toEqual(['gap 2'])
    stop()
  })

  test('a follower ends when its signal aborts, also while it waits', async () => {
    const { log } = aLog()
    const { next, stop } = reader(log, 0)
    const waiting = next()
    stop()
    expect((await waiting).done).toBe(true)
  })

  test('followers do not disturb each other', async () => {
    const { log } = aLog()
    const first = reader(log, 0)
    const second = reader(log, 0)
    const both = Promise.all([first.take(3), second.take(3)])
    fill(log, 3)
    expect(await both).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ])
    first.stop()
    second.stop()
  })
})

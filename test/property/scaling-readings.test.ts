import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  cronReading,
  eventHubUnprocessed,
  type KafkaLagInput,
  kafkaLag,
  metricsApiValue,
  rabbitmqReading,
} from '../../src/scaling/index.ts'

const minute = fc.integer({ min: 0, max: 59 })
const hour = fc.integer({ min: 0, max: 23 })
const timezone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'America/Sao_Paulo', 'Australia/Lord_Howe', 'Asia/Kathmandu')
const daily = fc.tuple(minute, hour, fc.constantFrom('*', '1-5', 'SUN', '0,3')).map(([m, h, days]) => `${m} ${h} * * ${days}`)
/** 2010 to 2035, to the millisecond. */
const moment = fc.integer({ min: 1_262_304_000_000, max: 2_051_222_400_000 })

function matches(text: string, zone: string, atMs: number): boolean {
  const [m, h, , , days = '*'] = text.split(' ')
  const formatter = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    weekday: 'short',
    hour: 'numeric',
    minute: 'numeric',
  })
  const parts = Object.fromEntries(formatter.formatToParts(atMs).map(({ type, value }) => [type, value]))
  const weekday = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'].indexOf(parts['weekday'] ?? '')
  const onDay = { '*': true, '1-5': weekday >= 1 && weekday <= 5, SUN: weekday === 0, '0,3': weekday === 0 || weekday === 3 }[days] ?? false
  return Number(parts['minute']) === Number(m) && Number(parts['hour']) === Number(h) && onDay && atMs % 60_000 === 0
}

test('the next start is later than now, matches the wall clock, and is the first minute that does', () => {
  fc.assert(
    fc.property(daily, daily, timezone, moment, (start, end, zone, nowMs) => {
      if (start === end) return
      const reading = cronReading({ start, end, timezone: zone, desiredReplicas: 2, nowMs })
      const next = reading.nextStartMs ?? 0
      expect(next).toBeGreaterThan(nowMs)
      expect(matches(start, zone, next)).toBe(true)
      // only full hours around the found time can hide an earlier match, the minute being given
      for (let earlier = next - 3_600_000; earlier > nowMs && earlier > next - 30 * 3_600_000; earlier -= 3_600_000)
        expect(matches(start, zone, earlier)).toBe(false)
    }),
    { numRuns: 200 },
  )
})

test('the wish of a cron trigger does not change before it says so', () => {
  fc.assert(
    fc.property(
      daily,
      daily,
      timezone,
      moment,
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (start, end, zone, nowMs, part) => {
        if (start === end) return
        const input = { start, end, timezone: zone, desiredReplicas: 3 }
        const reading = cronReading({ ...input, nowMs })
        const changesAtMs = reading.changesAtMs ?? nowMs
        const later = cronReading({ ...input, nowMs: Math.min(changesAtMs - 1, Math.floor(nowMs + part * (changesAtMs - nowMs))) })
        expect(later).toEqual(reading)
        expect([0, 3]).toContain(reading.value)
      },
    ),
    { numRuns: 200 },
  )
})

const partitions = fc.array(fc.record({ committedOffset: fc.integer({ min: -1, max: 100 }), ahead: fc.integer({ min: 0, max: 500 }) }), {
  minLength: 1,
  maxLength: 12,
})
const kafkaOptions: fc.Arbitrary<Partial<KafkaLagInput>> = fc.oneof(
  fc.constant({}),
  fc.constant({ limitToPartitionsWithLag: true }),
  fc.constant({ ensureEvenDistributionOfPartitions: true }),
  fc.constant({ offsetResetPolicy: 'earliest' as const, scaleToZeroOnInvalidOffset: true }),
)

test('kafka never asks for more replicas than partitions, unless idle consumers are allowed', () => {
  fc.assert(
    fc.property(partitions, fc.integer({ min: 1, max: 50 }), kafkaOptions, (list, lagThreshold, options) => {
      const input: KafkaLagInput = {
        topic: 'orders',
        lagThreshold,
        partitions: list.map(({ committedOffset, ahead }, partition) => ({
          topic: 'orders',
          partition,
          committedOffset,
          latestOffset: Math.max(0, committedOffset) + ahead,
        })),
      }
      const reading = kafkaLag({ ...input, ...options })
      // the cap looks at whole thresholds, the HPA rounds up
      expect(Math.trunc((reading.value ?? 0) / lagThreshold)).toBeLessThanOrEqual(list.length)
      if (options.ensureEvenDistributionOfPartitions) expect(list.length % ((reading.value ?? 0) / lagThreshold)).toBe(0)
      const idle = kafkaLag({ ...input, allowIdleConsumers: true })
      expect(idle.value).toBe(idle.totalLag)
      expect(reading.active).toBe((reading.totalLagWithPersistent ?? 0) > 0)
    }),
  )
})

test('event hubs never ask for more replicas than partitions, and more events never lower the value', () => {
  fc.assert(
    fc.property(
      fc.array(fc.bigInt({ min: 0n, max: 2n ** 62n }), { minLength: 1, maxLength: 8 }),
      fc.bigInt({ min: 0n, max: 1000n }),
      (events, more) => {
        const read = (extra: bigint) =>
          eventHubUnprocessed({
            partitions: events.map((lastEnqueuedSequenceNumber) => ({
              lastEnqueuedSequenceNumber: lastEnqueuedSequenceNumber + extra,
              beginningSequenceNumber: 0,
              checkpointSequenceNumber: 0,
            })),
          }).value ?? 0
        expect(Math.floor(read(0n) / 64)).toBeLessThanOrEqual(events.length)
        // a sum that is cut down to whole thresholds may lose what was above the last one
        expect(Math.floor(read(more) / 64)).toBeGreaterThanOrEqual(Math.floor(Math.min(read(0n), events.length * 64) / 64))
      },
    ),
  )
})

test('an answer that makes no sense is an error with words, never an exception', () => {
  const format = fc.constantFrom('json' as const, 'yaml' as const, 'xml' as const, 'prometheus' as const)
  const body = fc.oneof(fc.string(), fc.json(), fc.constantFrom('<a><b>1</b></a>', 'a{b="c"} 1', 'a: {b: 1}'))
  const path = fc.oneof(fc.string(), fc.constantFrom('a.b', 'a{b="c"}', '#', '0', '*', 'a.#(b==1)#.c', '\\'))
  fc.assert(
    fc.property(body, path, format, (text, valueLocation, one) => {
      const result = metricsApiValue({ body: text, valueLocation, format: one })
      if (result.error === undefined) expect(typeof result.value).toBe('number')
      else expect(result.error).not.toBe('')
    }),
    { numRuns: 1000 },
  )
})

test('joining queues by maximum never exceeds their sum, by average never the maximum', () => {
  const rate = fc.double({ min: 0, max: 100, noNaN: true })
  const queue = fc.record({ messages: fc.integer({ min: 0, max: 1000 }), publishRate: rate, deliverGetRate: rate })
  fc.assert(
    fc.property(
      fc.array(queue, { minLength: 1, maxLength: 6 }),
      fc.constantFrom('QueueLength' as const, 'MessageRate' as const),
      (queues, mode) => {
        const [sum = 0, max = 0, average = 0] = (['sum', 'max', 'avg'] as const).map(
          (operation) => rabbitmqReading({ queues, mode, operation }).value,
        )
        expect(max).toBeLessThanOrEqual(sum)
        expect(average).toBeLessThanOrEqual(max + 1e-9)
      },
    ),
  )
})

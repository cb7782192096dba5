import { describe, expect, test } from '@jest/globals'
import { WrongSetting } from '../../../runtime/meters/failure.ts'
import { Meter } from '../../../runtime/meters/meter.ts'
import { MeterSet } from '../../../runtime/meters/meter-set.ts'
import type { Reader, ReaderModule } from '../../../runtime/meters/reader.ts'
import { VirtualClock } from '../../../src/kernel/virtual-clock.ts'
import type { MeterTrigger } from '../../../src/model/meter.ts'

const trigger = (settings: Record<string, string> = {}): MeterTrigger => ({
  id: 'shop/queue',
  type: 'fake',
  settings,
  scaledObject: { name: 'shop', namespace: 'default' },
})

/** A system whose connections and questions do what the test says, one after the other. */
class FakeSystem {
  opened = 0
  closed = 0
  asked = 0
  readonly answers: (number | Error | 'never')[] = []
  readonly module: ReaderModule = {
    open: (): Reader => {
      this.opened++
      return {
        read: () => {
          this.asked++
          const answer = this.answers.shift() ?? 0
          if (answer === 'never') return new Promise(() => {})
          return answer instanceof Error ? Promise.reject(answer) : Promise.resolve({ value: answer })
        },
        close: () => {
          this.closed++
        },
      }
    },
  }
}

function meterOf(system: FakeSystem, clock = new VirtualClock(), settings: Record<string, string> = {}): Meter {
  return new Meter(trigger(settings), { clock, load: () => Promise.resolve(system.module), onActive: () => {}, onError: () => {} })
}

describe('a meter', () => {
  test('keeps its connection', async () => {
    const system = new FakeSystem()
    system.answers.push(1, 2)
    const meter = meterOf(system)
    expect(await meter.read()).toEqual({ trigger: 'shop/queue', value: 1 })
    expect(await meter.read()).toEqual({ trigger: 'shop/queue', value: 2 })
    expect(system).toMatchObject({ opened: 1, closed: 0 })
  })

  test('makes a failed connection anew once and asks again', async () => {
    const system = new FakeSystem()
    system.answers.push(new Error('gone'), 2)
    expect(await meterOf(system).read()).toEqual({ trigger: 'shop/queue', value: 2 })
    expect(system).toMatchObject({ opened: 2, closed: 1 })
  })

  test('says why after the second failure, and begins anew at the next question', async () => {
    const system = new FakeSystem()
    system.answers.push(new Error('gone'), new Error('still gone'), 3)
    const meter = meterOf(system)
    expect((await meter.read()).error).toBe(
      'The fake trigger has no value: still gone. See the log of the server; it is asked again at the next poll.',
    )
    expect(await meter.read()).toEqual({ trigger: 'shop/queue', value: 3 })
    expect(system).toMatchObject({ opened: 3, closed: 2, asked: 3 })
  })

  test('does not ask twice what the metadata make impossible', async () => {
    const system = new FakeSystem()
    system.answers.push(new WrongSetting('topic is missing'))
    expect((await meterOf(system).read()).error).toMatch(/topic is missing\. Correct the metadata/)
    expect(system.asked).toBe(1)
  })

  test.each([
    [{}, 3000, 'no answer within 3 s'],
    [{ timeout: '500' }, 500, 'no answer within 0.5 s'],
    [{ timeout: '1m30s' }, 90_000, 'no answer within 90 s'],
  ])('gives an attempt its time: %j', async (settings: Record<string, string>, limitMs, expected) => {
    const clock = new VirtualClock()
    const system = new FakeSystem()
    system.answers.push('never', 'never')
    const reading = meterOf(system, clock, settings).read()
    await clock.advance(limitMs - 1)
    expect(system).toMatchObject({ asked: 1, closed: 0 })
    await clock.advance(1)
    expect(system).toMatchObject({ asked: 2, closed: 1 })
    await clock.advance(limitMs)
    expect((await reading).error).toContain(expected)
    expect(system.closed).toBe(2)
  })

  test('gives the same answer to all who ask while it is on its way', async () => {
    const system = new FakeSystem()
    system.answers.push(5, 6)
    const meter = meterOf(system)
    expect(await Promise.all([meter.read(), meter.read()])).toEqual([
      { trigger: 'shop/queue', value: 5 },
      { trigger: 'shop/queue', value: 5 },
    ])
    expect(system.asked).toBe(1)
  })

  test('takes no answer that is no number', async () => {
    const system = new FakeSystem()
    system.answers.push(Number.NaN, Number.POSITIVE_INFINITY)
    expect((await meterOf(system).read()).error).toMatch(/the answer is no number but Infinity/)
  })

  test('tells a connection that is being made that nobody wants it, and closes it when it comes nevertheless', async () => {
    const system = new FakeSystem()
    let arrive = (): void => {}
    let told = false
    const slow: ReaderModule = {
      open: async (settings, context) => {
        context.unwanted.addEventListener('abort', () => {
          told = true
        })
        await new Promise<void>((resolve) => {
          arrive = resolve
        })
        return await system.module.open(settings, context)
      },
    }
    const clock = new VirtualClock()
    const meter = new Meter(trigger(), { clock, load: () => Promise.resolve(slow), onActive: () => {}, onError: () => {} })
    const reading = meter.read()
    await clock.advance(1)
    expect(told).toBe(false)
    meter.close()
    expect(told).toBe(true)
    arrive()
    await clock.advance(2999)
    expect((await reading).error).toBeDefined()
    expect(system).toMatchObject({ opened: 1, closed: 1, asked: 0 })
  })
})

describe('a set of meters', () => {
  test('keeps what is unchanged and closes what is changed or gone', async () => {
    const system = new FakeSystem()
    const set = new MeterSet({
      clock: new VirtualClock(),
      readers: { fake: () => Promise.resolve(system.module) },
      onActive: () => {},
      onError: () => {},
    })
    const other = { ...trigger(), id: 'shop/other' }
    set.apply([trigger({ a: '1' }), other])
    await set.read(['shop/queue', 'shop/other'])
    expect(system).toMatchObject({ opened: 2, closed: 0 })
    set.apply([trigger({ a: '1' }), other])
    await set.read(['shop/queue', 'shop/other'])
    expect(system).toMatchObject({ opened: 2, closed: 0 })
    set.apply([trigger({ a: '2' })])
    await set.read(['shop/queue'])
    expect(system).toMatchObject({ opened: 3, closed: 2 })
    set.close()
    await Promise.resolve()
    expect(system.closed).toBe(3)
  })

  test('waits for no trigger so long that the others are lost, and gives a late answer to who asks next', async () => {
    let arrive = (_value: number): void => {}
    const slow: ReaderModule = {
      open: () => ({
        read: () =>
          new Promise((resolve) => {
            arrive = (value) => resolve({ value })
          }),
        close: () => {},
      }),
    }
    const quick = new FakeSystem()
    quick.answers.push(1)
    const clock = new VirtualClock()
    const readers = { fake: () => Promise.resolve(quick.module), slow: () => Promise.resolve(slow) }
    const set = new MeterSet({ clock, readers, onActive: () => {}, onError: () => {} })
    set.apply([trigger(), { ...trigger({ timeout: '60s' }), id: 'shop/slow', type: 'slow' }])
    const first = set.read(['shop/queue', 'shop/slow'])
    await clock.advance(8000)
    expect(await first).toEqual([
      { trigger: 'shop/queue', value: 1 },
      { trigger: 'shop/slow', error: expect.stringMatching(/no answer within 8 s, and it is still waited for/) },
    ])
    const second = set.read(['shop/slow'])
    arrive(7)
    expect(await second).toEqual([{ trigger: 'shop/slow', value: 7 }])
  })

  test('passes on what a scaler reports by itself, until the trigger is gone', async () => {
    const heard: string[] = []
    let report = (): void => {}
    let disposed = 0
    const watching: ReaderModule = {
      ...new FakeSystem().module,
      watch: (_settings, { onActive }) => {
        report = onActive
        return { [Symbol.dispose]: () => disposed++ }
      },
    }
    const set = new MeterSet({
      clock: new VirtualClock(),
      readers: { fake: () => Promise.resolve(watching) },
      onActive: (id) => heard.push(id),
      onError: () => {},
    })
    set.apply([trigger()])
    await set.read(['shop/queue'])
    report()
    expect(heard).toEqual(['shop/queue'])
    set.apply([])
    expect(disposed).toBe(1)
  })
})

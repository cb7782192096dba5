import { describe, expect, test } from '@jest/globals'
import { instant, after as later } from '../../../src/kernel/instant.ts'
import { VirtualClock } from '../../../src/kernel/virtual-clock.ts'

describe('virtual clock', () => {
  test('runs timers in order of time, then of insertion, at their own time', async () => {
    const clock = new VirtualClock({ start: instant(1000) })
    const seen: string[] = []
    const note = (name: string) => () => seen.push(`${name}@${clock.now()}`)
    clock.at(later(clock.now(), 20), note('late'))
    clock.at(later(clock.now(), 10), note('first'))
    clock.at(later(clock.now(), 10), note('second'))
    await clock.advance(15)
    expect(seen).toEqual(['first@1010', 'second@1010'])
    expect(clock.now()).toBe(1015)
    expect(clock.next()).toBe(1020)
    await clock.advance(5)
    expect(seen).toEqual(['first@1010', 'second@1010', 'late@1020'])
    expect(clock.next()).toBeUndefined()
  })

  test('a point in the past runs at the next advance without moving time back', async () => {
    const clock = new VirtualClock({ start: instant(500) })
    const seen: number[] = []
    clock.at(instant(100), () => seen.push(clock.now()))
    await clock.advance(0)
    expect(seen).toEqual([500])
  })

  test('a disposed timer does not run', async () => {
    const clock = new VirtualClock()
    let ran = false
    {
      using _timer = clock.at(instant(5), () => {
        ran = true
      })
    }
    await clock.advance(10)
    expect(ran).toBe(false)
  })

  test('work that a timer causes is finished before the next timer fires', async () => {
    const clock = new VirtualClock()
    const seen: string[] = []
    const loop = async (): Promise<void> => {
      await clock.sleep(10)
      await Promise.resolve()
      seen.push(`loop@${clock.now()}`)
    }
    const done = loop()
    clock.at(instant(11), () => seen.push('timer@11'))
    await clock.advance(20)
    await done
    expect(seen).toEqual(['loop@10', 'timer@11'])
  })

  test('sleep rejects with the reason of its signal, and leaves no timer', async () => {
    const clock = new VirtualClock()
    const controller = new AbortController()
    const sleeping = clock.sleep(1000, controller.signal)
    controller.abort(new Error('enough'))
    await expect(sleeping).rejects.toThrow('enough')
    expect(clock.next()).toBeUndefined()
    await expect(clock.sleep(1, controller.signal)).rejects.toThrow('enough')
  })

  test('runUntil goes from timer to timer and gives up at its limit', async () => {
    const clock = new VirtualClock()
    let ticks = 0
    const tick = (): void => {
      ticks++
      clock.at(later(clock.now(), 100), tick)
    }
    clock.at(instant(100), tick)
    await clock.runUntil(() => ticks === 3, 1000)
    expect(clock.now()).toBe(300)
    await expect(clock.runUntil(() => ticks === 99, 500)).rejects.toThrow('condition not met within 500 ms')
  })
})

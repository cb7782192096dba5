import { describe, expect, test } from '@jest/globals'
import { RequestLimits } from '../../../../runtime/edge/request-limits.ts'
import { VirtualClock } from '../../../../src/kernel/virtual-clock.ts'

function watched(limits: { readonly requestMs?: number; readonly idleMs?: number }) {
  const clock = new VirtualClock()
  const over: string[] = []
  const watch = new RequestLimits({ requestMs: limits.requestMs, idleMs: limits.idleMs }, clock, (reason) => over.push(reason))
  return { clock, over, watch }
}

describe('idle time', () => {
  test('counts from the first byte on, again after each one, and is said once', async () => {
    const { clock, over, watch } = watched({ idleMs: 100 })
    await clock.advance(1000)
    watch.touch()
    for (let turn = 0; turn < 5; turn++) {
      await clock.advance(90)
      watch.touch()
    }
    expect(over).toEqual([])
    await clock.advance(99)
    expect(over).toEqual([])
    await clock.advance(1)
    expect(over).toEqual(['nothing was sent either way for the 100 ms that its route allows'])
    await clock.advance(1000)
    expect(over).toHaveLength(1)
  })
})

describe('the time of a request', () => {
  test('runs whatever is sent, and is over before the idle time is said', async () => {
    const { clock, over, watch } = watched({ requestMs: 150, idleMs: 100 })
    watch.touch()
    await clock.advance(90)
    watch.touch()
    await clock.advance(60)
    expect(over).toEqual(['it took longer than the 150 ms that its route allows'])
    await clock.advance(1000)
    expect(over).toHaveLength(1)
  })

  test('does not outlive the request', async () => {
    const { clock, over, watch } = watched({ requestMs: 150, idleMs: 100 })
    watch.touch()
    watch.end()
    await clock.advance(1000)
    expect(over).toEqual([])
  })
})

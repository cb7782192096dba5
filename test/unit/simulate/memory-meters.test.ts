import { expect, test } from '@jest/globals'
import { VirtualClock } from '../../../src/kernel/virtual-clock.ts'
import { createMemoryEngine } from '../../../src/simulate/memory-engine.ts'
import { aTrigger, MeterConversation } from '../../kit/meter-conversation.ts'

const owner = { environment: 'shop', instance: 'i' }
const never = new AbortController().signal

async function attach(): Promise<{
  readonly clock: VirtualClock
  readonly meters: ReturnType<typeof createMemoryEngine>['meters']
  readonly conversation: MeterConversation
}> {
  const clock = new VirtualClock()
  const { meters } = createMemoryEngine({ clock })
  return { clock, meters, conversation: new MeterConversation(await meters.attach(owner, never)) }
}

test('a reading is what was set, by a value, all of its parts or a function, in the moment in which it is asked for', async () => {
  const { clock, meters, conversation } = await attach()
  meters.setReading('web/queue', 7)
  meters.setReading('web/lag', { value: 30, activationValue: 200 })
  meters.setReading('web/clock', () => clock.now())
  conversation.watch(...['web/queue', 'web/lag', 'web/clock', 'web/unset'].map((id) => aTrigger(id, 'any')))
  await clock.advance(5_000)
  const id = conversation.ask('web/queue', 'web/lag', 'web/clock', 'web/unset')
  await clock.advance(0)
  expect(conversation.readingsOf(id)).toEqual([
    { trigger: 'web/queue', value: 7 },
    { trigger: 'web/lag', value: 30, activationValue: 200 },
    { trigger: 'web/clock', value: 5_000 },
    { trigger: 'web/unset', error: 'the scenario sets no value for trigger web/unset' },
  ])
})

test('only those who watch a trigger hear that it became active', async () => {
  const { clock, meters, conversation } = await attach()
  const other = new MeterConversation(await meters.attach({ ...owner, environment: 'other' }, never))
  conversation.watch(aTrigger('web/push', 'external-push'))
  meters.becomeActive('web/push')
  await clock.advance(0)
  expect([conversation, other].map(({ heard }) => heard.map(({ type }) => type))).toEqual([['hello', 'active'], ['hello']])
})

test('programs that are away end and cannot be had until they are back', async () => {
  const { clock, meters, conversation } = await attach()
  meters.setAway('no bread today')
  await clock.advance(0)
  expect(conversation.isOver).toBe(true)
  await expect(meters.attach(owner, never)).rejects.toMatchObject({
    fault: { code: 'MP4122', message: expect.stringContaining('no bread today') },
  })
  expect(meters.triggers('shop')).toBeUndefined()
  meters.setAway(undefined)
  await meters.attach(owner, never)
  expect(meters.triggers('shop')).toEqual([])
})

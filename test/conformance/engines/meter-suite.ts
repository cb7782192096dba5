import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Engine, MeterHost, Owner } from '../../../src/model/engine.ts'
import type { MeterTrigger, TriggerReading } from '../../../src/model/meter.ts'
import { aTrigger, MeterConversation } from '../../kit/meter-conversation.ts'

export interface MetersUnderTest {
  readonly engine: Engine & { readonly meters: MeterHost }
  readonly owner: Owner
  /** Makes a trigger say what its type and settings mean to the fake program. */
  script(trigger: MeterTrigger): void
  /** Makes a watched trigger of the type `push` become active, where it does not by itself. */
  push(id: string): void
  /** Ends the program from outside, as `kill -9` does. */
  kill(): Promise<void>
  /** What there is of programs, running or not, in words. */
  left(): Promise<readonly string[]>
  until<T>(check: () => Promise<T | undefined>): Promise<T>
  /** The same world seen by an engine of a further daemon, while the first one has not ended its program. */
  other?(): Engine & { readonly meters: MeterHost }
  dispose(): Promise<void>
}

const never = new AbortController().signal

/** The facet `meters` of the contract, for whoever implements it, with a program that does what its triggers say. */
export function meterConformance(name: string, create: () => Promise<MetersUnderTest>): void {
  describe(`readers of triggers on the ${name} engine`, () => {
    let world: MetersUnderTest
    beforeEach(async () => {
      world = await create()
    })
    afterEach(() => world.dispose())

    const attach = async (engine = world.engine): Promise<MeterConversation> =>
      new MeterConversation(await engine.meters.attach(world.owner, never))
    const watch = (conversation: MeterConversation, ...triggers: readonly MeterTrigger[]): void => {
      for (const trigger of triggers) world.script(trigger)
      conversation.watch(...triggers)
    }
    const read = async (conversation: MeterConversation, ...ids: readonly string[]): Promise<readonly TriggerReading[]> => {
      const id = conversation.ask(...ids)
      return world.until(async () => conversation.readingsOf(id))
    }
    const untilOver = (conversation: MeterConversation): Promise<true> =>
      world.until<true>(async () => (conversation.isOver ? true : undefined))
    const untilNothing = (): Promise<true> =>
      world.until<true>(async () => {
        const left = await world.left()
        if (left.length > 0) throw new Error(`still there: ${left.join(', ')}`)
        return true
      })
    const queue = aTrigger('web/queue', 'fixed', { value: '42' })

    test('are started by the first attach, say hello first, and answer', async () => {
      expect(await world.left()).toEqual([])
      const conversation = await attach()
      conversation.send({ type: 'ping', id: 7 })
      await world.until(async () => conversation.heard[1])
      expect(conversation.heard).toEqual([
        { type: 'hello', protocol: 1, pid: expect.any(Number) },
        { type: 'pong', id: 7 },
      ])
    })

    test('read what they are asked for in that order; what fails has its reason, and the others a value', async () => {
      const conversation = await attach()
      watch(
        conversation,
        queue,
        aTrigger('web/lost', 'failed', { why: 'there is no such list' }),
        aTrigger('api/rate', 'fixed', { value: '0.5' }),
      )
      expect(await read(conversation, 'api/rate', 'web/lost', 'web/queue')).toEqual([
        { trigger: 'api/rate', value: 0.5 },
        { trigger: 'web/lost', error: 'there is no such list' },
        { trigger: 'web/queue', value: 42 },
      ])
    })

    test('know the triggers of the last set only', async () => {
      const conversation = await attach()
      watch(conversation, queue, aTrigger('web/old', 'fixed', { value: '1' }))
      watch(conversation, aTrigger('web/queue', 'fixed', { value: '7' }))
      expect(await read(conversation, 'web/queue', 'web/old')).toEqual([
        { trigger: 'web/queue', value: 7 },
        { trigger: 'web/old', error: expect.any(String) },
      ])
    })

    test('tell by themselves that a push scaler became active', async () => {
      const conversation = await attach()
      watch(conversation, aTrigger('web/push', 'push'))
      world.push('web/push')
      await world.until(async () => conversation.heard[1])
      expect(conversation.heard[1]).toEqual({ type: 'active', trigger: 'web/push' })
    })

    test('serve the newest attach, who hears nothing of what an earlier one asked', async () => {
      const first = await attach()
      watch(first, queue)
      first.ask('web/queue')
      const second = await attach()
      await untilOver(first)
      watch(second, aTrigger('web/queue', 'fixed', { value: '2' }))
      first.watch()
      expect(await read(second, 'web/queue')).toEqual([{ trigger: 'web/queue', value: 2 }])
      expect(second.heard.map(({ type }) => type)).toEqual(['hello', 'readings'])
      first.close()
      expect(await read(second, 'web/queue')).toEqual([{ trigger: 'web/queue', value: 2 }])
    })

    test('are one program also when several attach at the same moment', async () => {
      const all = await Promise.all([attach(), attach(), attach()])
      await world.until(async () => (all.filter(({ isOver }) => !isOver).length === 1 ? true : undefined))
      expect(await world.left()).toHaveLength(1)
    })

    test('that die end their channel, and the next attach starts others', async () => {
      const first = await attach()
      watch(first, queue)
      await world.kill()
      await untilOver(first)
      const second = await attach()
      watch(second, queue)
      expect(await read(second, 'web/queue')).toEqual([{ trigger: 'web/queue', value: 42 }])
      expect(await world.left()).toHaveLength(1)
    })

    test('that die leave nothing', async () => {
      const conversation = await attach()
      await world.kill()
      await untilOver(conversation)
      await untilNothing()
    })

    test('are removed with their channel, as often as one likes, and can be had again', async () => {
      const first = await attach()
      await world.engine.meters.remove(world.owner, never)
      await untilOver(first)
      expect(await world.left()).toEqual([])
      await world.engine.meters.remove(world.owner, never)
      const second = await attach()
      await world.until(async () => second.heard[0])
      expect(await world.left()).toHaveLength(1)
    })

    test('go with their environment, and are no part of what is observed in it', async () => {
      const conversation = await attach()
      const { replicas, strays } = await world.engine.observe(world.owner, never)
      expect([replicas, strays]).toEqual([[], []])
      await world.engine.removeEnvironment(world.owner, never)
      await untilOver(conversation)
      expect(await world.left()).toEqual([])
      expect(await world.engine.environments(never)).not.toContain(world.owner.environment)
    })

    test('are not started for somebody who has given up', async () => {
      const given = AbortSignal.abort(new Error('given up'))
      await expect(world.engine.meters.attach(world.owner, given)).rejects.toThrow('given up')
      expect(await world.left()).toEqual([])
    })

    test('of an earlier daemon make way for those of the next one', async () => {
      if (world.other === undefined) return
      const first = await attach()
      const second = await attach(world.other())
      await untilOver(first)
      watch(second, queue)
      expect(await read(second, 'web/queue')).toEqual([{ trigger: 'web/queue', value: 42 }])
      expect(await world.left()).toHaveLength(1)
    })
  })
}

import { expect, test } from '@jest/globals'
import { MeterPrograms } from '../../../../runtime/engines/shared/meter-programs.ts'
import type { MeterProgram } from '../../../../runtime/engines/shared/meter-session.ts'
import { silentLogger } from '../../../../src/kernel/logger.ts'
import { VirtualClock } from '../../../../src/kernel/virtual-clock.ts'
import type { MeterMessage, ToMeters } from '../../../../src/model/meter.ts'
import { Mailbox } from '../../../../src/simulate/mailbox.ts'
import { MeterConversation } from '../../../kit/meter-conversation.ts'

const owner = { environment: 'shop', instance: 'i' }
const never = new AbortController().signal

/** A program that greets and answers pings while it is neither `silent` nor `deaf`. */
class ScriptedProgram implements MeterProgram {
  readonly box = new Mailbox<MeterMessage>()
  readonly heard: ToMeters[] = []
  isDeaf = false
  isOver = false
  readonly channel = { messages: this.box, send: (message: ToMeters) => this.#hear(message), close: () => this.box.close() }

  constructor(pid: number, isSilent: boolean) {
    if (!isSilent) this.box.push({ type: 'hello', protocol: 1, pid })
  }

  lastWords = async (): Promise<string> => 'no bread today'

  async end(): Promise<void> {
    this.isOver = true
    this.box.close()
  }

  #hear(message: ToMeters): void {
    this.heard.push(message)
    if (message.type === 'ping' && !this.isDeaf) this.box.push({ type: 'pong', id: message.id })
  }
}

class World {
  readonly clock = new VirtualClock()
  readonly started: ScriptedProgram[] = []
  readonly cleared: number[] = []
  isSilent = false
  readonly programs = new MeterPrograms({
    clock: this.clock,
    logger: silentLogger,
    start: async () => {
      const program = new ScriptedProgram(this.started.length + 1, this.isSilent)
      this.started.push(program)
      return program
    },
    clear: async () => void this.cleared.push(this.started.length),
  })

  program(index: number): ScriptedProgram {
    const program = this.started[index]
    if (program === undefined) throw new Error(`there is no program ${index}`)
    return program
  }

  async attach(): Promise<MeterConversation> {
    const attaching = this.programs.attach(owner, never)
    await this.clock.advance(0)
    return new MeterConversation(await attaching)
  }
}

test('a program that nobody reads from ends after ten seconds, unless somebody comes back', async () => {
  const world = new World()
  const first = await world.attach()
  first.close()
  await world.clock.advance(9_999)
  const second = await world.attach()
  await world.clock.advance(60_000)
  expect({ starts: world.started.length, isOver: world.program(0).isOver }).toEqual({ starts: 1, isOver: false })
  second.close()
  await world.clock.advance(9_999)
  expect(world.program(0).isOver).toBe(false)
  await world.clock.advance(1)
  expect({ isOver: world.program(0).isOver, next: world.clock.next() }).toEqual({ isOver: true, next: undefined })
})

test('an answer to somebody who has left is not taken for that to the question of the same number', async () => {
  const world = new World()
  const first = await world.attach()
  first.ask('web/queue')
  const asked = world.program(0).heard[0]
  const second = await world.attach()
  second.ask('web/rate')
  const again = world.program(0).heard.at(-1)
  if (asked?.type !== 'read' || again?.type !== 'read') throw new Error('not asked')
  world.program(0).box.push({ type: 'readings', id: asked.id, readings: [{ trigger: 'web/queue', value: 1 }] })
  world.program(0).box.push({ type: 'readings', id: again.id, readings: [{ trigger: 'web/rate', value: 2 }] })
  await world.clock.advance(0)
  expect(second.heard.slice(1)).toEqual([{ type: 'readings', id: 1, readings: [{ trigger: 'web/rate', value: 2 }] }])
  expect(first.heard).toHaveLength(1)
})

test('one that does not answer any more is replaced by the next attach', async () => {
  const world = new World()
  const first = await world.attach()
  world.program(0).isDeaf = true
  const attaching = world.programs.attach(owner, never)
  await world.clock.advance(4_999)
  expect(world.started).toHaveLength(1)
  await world.clock.advance(1)
  const second = new MeterConversation(await attaching)
  await world.clock.advance(0)
  expect({ isOver: world.program(0).isOver, left: first.isOver, hello: second.heard }).toEqual({
    isOver: true,
    left: true,
    hello: [{ type: 'hello', protocol: 1, pid: 2 }],
  })
})

test('one that says nothing within fifteen seconds is ended, with its last words in the fault', async () => {
  const world = new World()
  world.isSilent = true
  const attaching = world.programs.attach(owner, never)
  const failed = expect(attaching).rejects.toMatchObject({
    fault: { code: 'MP4122', message: expect.stringContaining('it said nothing for 15 s; its last words: no bread today') },
  })
  await world.clock.advance(14_999)
  expect(world.program(0).isOver).toBe(false)
  await world.clock.advance(1)
  await failed
  expect({ isOver: world.program(0).isOver, next: world.clock.next() }).toEqual({ isOver: true, next: undefined })
})

test('an attach that is given up while the program starts leaves none', async () => {
  const world = new World()
  world.isSilent = true
  const giving = new AbortController()
  const attaching = world.programs.attach(owner, giving.signal)
  const failed = expect(attaching).rejects.toThrow('given up')
  await world.clock.advance(100)
  giving.abort(new Error('given up'))
  await failed
  expect({ isOver: world.program(0).isOver, next: world.clock.next() }).toEqual({ isOver: true, next: undefined })
})

test('one that is being started when everything is let go of is ended too', async () => {
  const world = new World()
  const attaching = world.programs.attach(owner, never)
  const other = { ...owner, environment: 'other' }
  const [channel] = await Promise.all([attaching, world.programs.attach(other, never), world.programs.release()])
  expect(world.started.map(({ isOver }) => isOver)).toEqual([true, true])
  const conversation = new MeterConversation(channel)
  await conversation.over
  expect(world.clock.next()).toBeUndefined()
})

test('one that ended by itself is cleaned up after, and what an earlier daemon left goes before each start', async () => {
  const world = new World()
  const first = await world.attach()
  world.program(0).box.close()
  await world.clock.advance(0)
  expect({ isOver: world.program(0).isOver, left: first.isOver, cleared: world.cleared }).toEqual({
    isOver: true,
    left: true,
    cleared: [0],
  })
  await world.attach()
  expect(world.cleared).toEqual([0, 1])
  await world.programs.remove(owner, never)
  expect({ isOver: world.program(1).isOver, cleared: world.cleared }).toEqual({ isOver: true, cleared: [0, 1, 2] })
})

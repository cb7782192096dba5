import { expect, test } from '@jest/globals'
import { MeterLink } from '../../../src/control/meter-link.ts'
import { silentLogger } from '../../../src/kernel/logger.ts'
import { VirtualClock } from '../../../src/kernel/virtual-clock.ts'
import type { MeterHost } from '../../../src/model/engine.ts'
import type { MeterMessage, ToMeters, TriggerReading } from '../../../src/model/meter.ts'
import { Mailbox } from '../../../src/simulate/mailbox.ts'
import { createMemoryEngine } from '../../../src/simulate/memory-engine.ts'
import { aTrigger } from '../../kit/meter-conversation.ts'

const owner = { environment: 'shop', instance: 'i' }
const never = new AbortController().signal
const [queue, rate] = [aTrigger('web/queue', 'redis', { address: 'redis:6379' }), aTrigger('web/rate', 'prometheus')]

function linkTo(host: MeterHost | undefined, clock: VirtualClock): { readonly link: MeterLink; readonly active: string[] } {
  const active: string[] = []
  const shade = (text: string): string => text.replaceAll('hunter2', '***')
  const link = new MeterLink({ host, owner, clock, logger: silentLogger, shade, active: (trigger) => active.push(trigger) })
  return { link, active }
}

/** A host whose programs say nothing but hello by themselves. */
class ScriptedHost implements MeterHost {
  readonly sent: ToMeters[] = []
  readonly verbs: string[] = []
  box = new Mailbox<MeterMessage>()
  /** What the next attach does instead of success. */
  fails: string | undefined
  onSend: (message: ToMeters) => void = () => {}

  async attach(): ReturnType<MeterHost['attach']> {
    this.verbs.push('attach')
    if (this.fails !== undefined) throw new Error(this.fails)
    const box = new Mailbox<MeterMessage>()
    this.box = box
    box.push({ type: 'hello', protocol: 1, pid: 7 })
    const send = (message: ToMeters): void => {
      this.sent.push(message)
      this.onSend(message)
    }
    return { messages: box, send, close: () => box.close() }
  }

  async remove(): Promise<void> {
    this.verbs.push('remove')
    this.box.close()
  }
}

/** The readings once they are there, in words; undefined until then. */
function watch(reading: Promise<readonly TriggerReading[]>): { readonly said: readonly TriggerReading[] | undefined } {
  const watched: { said: readonly TriggerReading[] | undefined } = { said: undefined }
  void reading.then((readings) => {
    watched.said = readings
  })
  return watched
}

test('the program is there from the first trigger to the last, knows each set, and is asked', async () => {
  const clock = new VirtualClock()
  const engine = createMemoryEngine({ clock })
  engine.meters.setReading('web/queue', 42)
  engine.meters.setReading('web/rate', { error: 'there is no such query' })
  const { link, active } = linkTo(engine.meters, clock)
  expect(await link.read(['web/queue'], never)).toEqual([{ trigger: 'web/queue', error: expect.stringContaining('no trigger to be read') }])

  link.setTriggers([queue])
  // The start is waited for, without a moment of virtual time.
  expect(await link.read(['web/queue'], never)).toEqual([{ trigger: 'web/queue', value: 42 }])
  link.setTriggers([queue, rate])
  expect(engine.meters.triggers('shop')).toEqual([queue, rate])
  expect(await link.read(['web/rate', 'web/queue'], never)).toEqual([
    { trigger: 'web/rate', error: 'there is no such query' },
    { trigger: 'web/queue', value: 42 },
  ])
  engine.meters.becomeActive('web/rate')
  await clock.advance(0)
  expect(active).toEqual(['web/rate'])

  link.setTriggers([])
  await clock.advance(0)
  expect({ attached: link.attached, triggers: engine.meters.triggers('shop') }).toEqual({ attached: false, triggers: undefined })
  link.setTriggers([queue])
  expect(await link.read(['web/queue'], never)).toEqual([{ trigger: 'web/queue', value: 42 }])
  await link.close()
  expect(engine.meters.triggers('shop')).toBeUndefined()
  link.setTriggers([queue])
  await clock.advance(0)
  expect({ triggers: engine.meters.triggers('shop'), next: clock.next() }).toEqual({ triggers: undefined, next: undefined })
})

test('a set that has not changed is not sent again', async () => {
  const clock = new VirtualClock()
  const host = new ScriptedHost()
  const { link } = linkTo(host, clock)
  link.setTriggers([queue])
  await clock.advance(0)
  link.setTriggers([{ ...queue, settings: { ...queue.settings } }])
  link.setTriggers([{ ...queue, settings: { address: 'other:6379' } }])
  await clock.advance(0)
  expect(host.sent.map((message) => (message.type === 'triggers' ? message.triggers[0]?.settings.address : message.type))).toEqual([
    'redis:6379',
    'other:6379',
  ])
  await link.close()
})

test('a question that is not answered in time is one error for each trigger, and the others go on', async () => {
  const clock = new VirtualClock()
  const host = new ScriptedHost()
  const { link } = linkTo(host, clock)
  host.onSend = (message) => {
    if (message.type === 'ping') host.box.push({ type: 'pong', id: message.id })
  }
  link.setTriggers([queue, rate])
  const slow = watch(link.read(['web/queue', 'web/rate'], never))
  await clock.advance(9_999)
  expect(slow.said).toBeUndefined()
  const other = watch(link.read(['web/rate'], never))
  await clock.advance(1)
  const error = 'no reading came within 10 s; it is tried again with the next reading'
  expect(slow.said).toEqual([
    { trigger: 'web/queue', error },
    { trigger: 'web/rate', error },
  ])
  const asked = host.sent.filter((message) => message.type === 'read')
  // Late, and of no use any more; then the one that is waited for.
  host.box.push({ type: 'readings', id: asked[0]?.id ?? 0, readings: [{ trigger: 'web/queue', value: 1 }] })
  host.box.push({ type: 'readings', id: asked[1]?.id ?? 0, readings: [{ trigger: 'web/rate', value: 2 }] })
  await clock.advance(20_000)
  expect(other.said).toEqual([{ trigger: 'web/rate', value: 2 }])
  expect(host.verbs).toEqual(['attach'])
  await link.close()
})

test('a program that does not answer a ping either is left for a new one', async () => {
  const clock = new VirtualClock()
  const host = new ScriptedHost()
  const { link } = linkTo(host, clock)
  link.setTriggers([queue])
  const mute = watch(link.read(['web/queue'], never))
  await clock.advance(10_000)
  expect(mute.said?.[0]?.error).toMatch(/within 10 s/)
  await clock.advance(4_999)
  expect(host.verbs).toEqual(['attach'])
  await clock.advance(501)
  expect(host.verbs).toEqual(['attach', 'attach'])
  expect(host.sent.at(-1)).toEqual({ type: 'triggers', triggers: [queue] })
  await link.close()
})

test('a program that goes away is tried again with growing pauses, and each reading says meanwhile why there is none', async () => {
  const clock = new VirtualClock()
  const host = new ScriptedHost()
  const { link } = linkTo(host, clock)
  link.setTriggers([queue])
  const open = watch(link.read(['web/queue'], never))
  await clock.advance(0)
  host.fails = 'no bread for hunter2'
  host.box.close()
  await clock.advance(0)
  expect(open.said).toEqual([
    { trigger: 'web/queue', error: 'the program that reads triggers has ended; it is tried again with the next reading' },
  ])
  const times: number[] = []
  for (let count = 1; times.length < 8; ) {
    const next = clock.next()
    if (next === undefined) throw new Error('nobody tries again')
    await clock.advanceTo(next)
    if (host.verbs.length > count) times.push(next)
    count = host.verbs.length
  }
  expect(times.map((time, index) => time - (times[index - 1] ?? 0))).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
  const readings = await link.read(['web/queue'], never)
  expect(readings[0]?.error).toBe('no bread for ***; it is tried again with the next reading')

  host.fails = undefined
  await clock.advance(30_000)
  expect(link.attached).toBe(true)
  // One that has lived for a while is missed at once.
  await clock.advance(60_000)
  const tries = host.verbs.length
  host.box.close()
  await clock.advance(500)
  expect(host.verbs.length).toBe(tries + 1)
  await link.close()
  expect({ last: host.verbs.at(-1), attached: link.attached, next: clock.next() }).toEqual({
    last: 'remove',
    attached: false,
    next: undefined,
  })
})

test('what the program leaves out is an error of it, and what nobody asked for is not there', async () => {
  const clock = new VirtualClock()
  const host = new ScriptedHost()
  host.onSend = (message) => {
    if (message.type !== 'read') return
    const readings = [
      { trigger: 'web/rate', value: 2 },
      { trigger: 'web/other', value: 3 },
    ]
    host.box.push({ type: 'readings', id: message.id, readings })
  }
  const { link } = linkTo(host, clock)
  link.setTriggers([queue, rate])
  expect(await link.read(['web/queue', 'web/rate'], never)).toEqual([
    { trigger: 'web/queue', error: 'the program that reads triggers left it out' },
    { trigger: 'web/rate', value: 2 },
  ])
  await link.close()
})

test('a reading is given up with the signal, and with the triggers', async () => {
  const clock = new VirtualClock()
  const host = new ScriptedHost()
  const { link } = linkTo(host, clock)
  link.setTriggers([queue])
  await clock.advance(0)
  const asking = new AbortController()
  const reading = link.read(['web/queue'], asking.signal)
  asking.abort(new Error('not wanted'))
  await expect(reading).rejects.toThrow('not wanted')
  await expect(link.read(['web/queue'], asking.signal)).rejects.toThrow('not wanted')
  const last = watch(link.read(['web/queue'], never))
  link.setTriggers([])
  await clock.advance(0)
  expect(last.said?.[0]?.error).toMatch(/no trigger to be read/)
  expect({ verbs: host.verbs, next: clock.next() }).toEqual({ verbs: ['attach', 'remove'], next: undefined })
})

test('triggers that come back while the program is being removed get one of their own', async () => {
  const clock = new VirtualClock()
  const host = new ScriptedHost()
  let removed: () => void = () => {}
  const removal = new Promise<void>((resolve) => {
    removed = resolve
  })
  host.remove = async () => {
    host.verbs.push('remove')
    await removal
  }
  const { link } = linkTo(host, clock)
  link.setTriggers([queue])
  await clock.advance(0)
  link.setTriggers([])
  link.setTriggers([rate])
  await clock.advance(0)
  expect(host.verbs).toEqual(['attach', 'remove'])
  removed()
  await clock.advance(0)
  expect(host.verbs).toEqual(['attach', 'remove', 'attach'])
  expect(host.sent.at(-1)).toEqual({ type: 'triggers', triggers: [rate] })
  await link.close()
})

test('an engine that cannot host the program says so with each reading', async () => {
  const clock = new VirtualClock()
  const { link } = linkTo(undefined, clock)
  link.setTriggers([queue])
  const [reading] = await link.read(['web/queue'], never)
  expect(reading?.error).toMatch(/^this engine cannot run the program/)
  await link.close()
})

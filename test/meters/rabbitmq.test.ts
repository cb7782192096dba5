import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { connect } from 'amqplib'
import { eventually } from '../kit/eventually.ts'
import { MetersProcess } from '../kit/meters/meters-process.ts'
import { guest, type RabbitmqServer, startRabbitmq } from '../kit/meters/servers.ts'

let rabbitmq: RabbitmqServer
let meters: MetersProcess
let model: Awaited<ReturnType<typeof connect>>

beforeAll(async () => {
  rabbitmq = await startRabbitmq()
  meters = new MetersProcess()
  await fetch(`http://127.0.0.1:${rabbitmq.managementPort}/api/vhosts/%2Fother`, { method: 'PUT', headers: guest })
  await fetch(`http://127.0.0.1:${rabbitmq.managementPort}/api/permissions/%2Fother/guest`, {
    method: 'PUT',
    headers: { ...guest, 'Content-Type': 'application/json' },
    body: JSON.stringify({ configure: '.*', write: '.*', read: '.*' }),
  })
  model = await connect(`amqp://guest:guest@127.0.0.1:${rabbitmq.port}`)
  const channel = await model.createConfirmChannel()
  for (const [queue, messages] of [
    ['mail', 4],
    ['mail-urgent', 2],
    ['other', 9],
  ] as const) {
    await channel.assertQueue(queue)
    for (let at = 0; at < messages; at++) channel.sendToQueue(queue, Buffer.from('m'))
  }
  await channel.waitForConfirms()
  // One of four is delivered and not acknowledged.
  await channel.get('mail')
  const inOther = await connect(`amqp://guest:guest@127.0.0.1:${rabbitmq.port}/${encodeURIComponent('/other')}`)
  const otherChannel = await inOther.createConfirmChannel()
  await otherChannel.assertQueue('mail')
  otherChannel.sendToQueue('mail', Buffer.from('m'))
  await otherChannel.waitForConfirms()
  await inOther.close()
}, 90_000)
afterAll(async () => {
  await meters?.[Symbol.asyncDispose]()
  await model?.close()
  await rabbitmq?.[Symbol.asyncDispose]()
})

describe('over AMQP', () => {
  const host = (): string => `amqp://guest:guest@127.0.0.1:${rabbitmq.port}/`

  test('counts the messages that are ready', async () => {
    const id = meters.announce('rabbitmq', { host: host(), queueName: 'mail', mode: 'QueueLength', value: '5' })
    expect(await meters.readOne(id)).toEqual({ value: 3 })
    expect(await meters.readOne(id)).toEqual({ value: 3 })
  })

  test('takes virtual host and login from the trigger', async () => {
    const settings = {
      host: `amqp://127.0.0.1:${rabbitmq.port}`,
      username: 'guest',
      password: 'guest',
      vhostName: '/other',
      queueName: 'mail',
    }
    expect(await meters.readOne(meters.announce('rabbitmq', settings))).toEqual({ value: 1 })
  })

  test('says that there is no such queue, and finds it once it is there', async () => {
    const id = meters.announce('rabbitmq', { host: host(), queueName: 'later' })
    expect((await meters.readOne(id)).error).toMatch(/NOT_FOUND - no queue 'later'/)
    await (await model.createChannel()).assertQueue('later')
    expect(await meters.readOne(id)).toEqual({ value: 0 })
  })

  test('refuses what only the management interface tells', async () => {
    const id = meters.announce('rabbitmq', { host: host(), queueName: 'mail', mode: 'MessageRate', value: '5' })
    expect((await meters.readOne(id)).error).toBe(
      'The rabbitmq trigger has no value: mode MessageRate needs the protocol http. Correct the metadata or the authentication of the trigger.',
    )
  })

  test('hides the password', async () => {
    const id = meters.announce('rabbitmq', { host: `amqp://guest:wrong-word@127.0.0.1:${rabbitmq.port}/`, queueName: 'mail' })
    const { error } = await meters.readOne(id)
    expect(error).toMatch(/ACCESS[-_]REFUSED/)
    expect(error).not.toContain('wrong-word')
  })
})

describe('over the management interface', () => {
  const at = (more: Record<string, string>): Record<string, string> => ({
    host: `http://guest:guest@127.0.0.1:${rabbitmq.managementPort}/`,
    queueName: 'mail',
    ...more,
  })
  const value = async (settings: Record<string, string>): Promise<number | undefined> =>
    (await meters.readOne(meters.announce('rabbitmq', at(settings), 'shop/management'))).value

  /** The interface lags behind by its interval. */
  const reaches = async (read: () => Promise<number | undefined>, expected: number): Promise<void> => {
    await eventually(async () => (await read()) === expected || undefined)
  }

  test('counts all messages, or those that are ready', async () => {
    await reaches(() => value({}), 4)
    expect(await value({ excludeUnacknowledged: 'true' })).toBe(3)
  })

  test.each([
    ['sum', 6],
    ['max', 4],
    ['avg', 3],
  ])('composes queues by %s', async (operation, expected) => {
    await reaches(() => value({ queueName: '^mail', useRegex: 'true', operation }), expected)
  })

  test('says that a page is too small', async () => {
    const id = meters.announce('rabbitmq', at({ queueName: '.*', useRegex: 'true', pageSize: '1' }))
    expect((await meters.readOne(id)).error).toMatch(/more queues fit \.\* than one page holds\. Raise pageSize/)
  })

  test('reads the other virtual host by the path and by its name', async () => {
    const path = `http://guest:guest@127.0.0.1:${rabbitmq.managementPort}/%2Fother`
    await reaches(() => value({ host: path }), 1)
    expect(await value({ vhostName: '/other' })).toBe(1)
  })

  test('tells rates', async () => {
    const channel = await model.createChannel()
    await channel.assertQueue('rates')
    const mode = { queueName: 'rates', mode: 'MessageRate', value: '5' }
    await eventually(async () => {
      channel.sendToQueue('rates', Buffer.from('m'))
      return ((await value(mode)) ?? 0) > 0 || undefined
    }, 20_000)
    const id = meters.announce('rabbitmq', at({ ...mode, mode: 'ExpectedQueueConsumptionTime', activationValue: '7' }))
    expect(await meters.readOne(id)).toEqual({ value: 7, active: true })
  })
})

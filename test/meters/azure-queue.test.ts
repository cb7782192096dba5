import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { AZURITE_KEY, AzuriteClient, accountSignature } from '../kit/meters/azurite-client.ts'
import { MetersProcess } from '../kit/meters/meters-process.ts'
import type { RunningServer } from '../kit/meters/server-program.ts'
import { startAzurite } from '../kit/meters/servers.ts'

let azurite: RunningServer
let meters: MetersProcess
const endpoint = (): string => `http://127.0.0.1:${azurite.port}/devstoreaccount1`
const withKey = (): string =>
  `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=${AZURITE_KEY};QueueEndpoint=${endpoint()};`

beforeAll(async () => {
  azurite = await startAzurite()
  meters = new MetersProcess()
  const client = new AzuriteClient(azurite.port)
  for (const [queue, messages] of [
    ['orders', 3],
    ['many', 34],
  ] as const) {
    await client.createQueue(queue)
    await client.put(queue, messages)
  }
  await client.take('orders', 1)
})
afterAll(async () => {
  await meters?.[Symbol.asyncDispose]()
  await azurite?.[Symbol.asyncDispose]()
})

test.each([
  ['all messages', { queueName: 'orders' }, 3],
  ['those that can be seen', { queueName: 'orders', queueLengthStrategy: 'visibleonly' }, 2],
  ['all where a peek shows as many as it can', { queueName: 'many', queueLengthStrategy: 'visibleonly' }, 34],
])('counts %s', async (_name, settings: Record<string, string>, value) => {
  expect(await meters.readOne(meters.announce('azure-queue', { connection: withKey(), ...settings }))).toEqual({ value })
})

test('reads with a shared access signature', async () => {
  const connection = `QueueEndpoint=${endpoint()};SharedAccessSignature=${accountSignature()}`
  expect(await meters.readOne(meters.announce('azure-queue', { connection, queueName: 'orders' }))).toEqual({ value: 3 })
})

test('says that there is no such queue, and that a key is wrong', async () => {
  const missing = await meters.readOne(meters.announce('azure-queue', { connection: withKey(), queueName: 'nothing' }))
  expect(missing.error).toMatch(/answered 404 QueueNotFound for queue nothing\. Create the queue/)
  const key = Buffer.from('the wrong key').toString('base64')
  const wrong = await meters.readOne(
    meters.announce('azure-queue', { connection: withKey().replace(AZURITE_KEY, key), queueName: 'orders' }),
  )
  expect(wrong.error).toMatch(/answered 403 .*Correct the account key/)
  expect(wrong.error).not.toContain(key)
})

test('knows the address of the emulator', async () => {
  const { error } = await meters.readOne(
    meters.announce('azure-queue', { connection: 'UseDevelopmentStorage=true', queueName: 'no-such-queue' }),
  )
  // Whether or not somebody has one on this machine.
  expect(error).toMatch(/127\.0\.0\.1:10001/)
})

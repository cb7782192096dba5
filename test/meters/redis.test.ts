import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createClient } from '@redis/client'
import { eventually } from '../kit/eventually.ts'
import { MetersProcess } from '../kit/meters/meters-process.ts'
import type { RunningServer } from '../kit/meters/server-program.ts'
import { startRedis, startRedisCluster, startSentinel } from '../kit/meters/servers.ts'

const PASSWORD = 'the-word-nobody-may-see'
let redis: RunningServer
let meters: MetersProcess

async function run(port: number, ...commands: readonly (readonly string[])[]): Promise<void> {
  const client = createClient({ socket: { host: '127.0.0.1', port }, ...(port === redis.port ? { password: PASSWORD } : {}) })
  client.on('error', () => {})
  await client.connect()
  try {
    for (const command of commands) await client.sendCommand([...command])
  } finally {
    client.destroy()
  }
}

beforeAll(async () => {
  redis = await startRedis(PASSWORD)
  meters = new MetersProcess()
  await run(
    redis.port,
    ['RPUSH', 'list', 'a', 'b', 'c'],
    ['ZADD', 'zset', '1', 'a', '2', 'b'],
    ['SADD', 'set', 'a'],
    ['HSET', 'hash', 'a', '1', 'b', '2', 'c', '3', 'd', '4'],
    ['SET', 'text', 'x'],
    ['SELECT', '2'],
    ['RPUSH', 'list', 'a'],
  )
})
afterAll(async () => {
  await meters?.[Symbol.asyncDispose]()
  await redis?.[Symbol.asyncDispose]()
})

const at = (more: Record<string, string>): Record<string, string> => ({ address: `127.0.0.1:${redis.port}`, password: PASSWORD, ...more })

describe('lists', () => {
  test.each([
    ['list', 3],
    ['zset', 2],
    ['set', 1],
    ['hash', 4],
    ['nothing', 0],
  ])('counts a %s', async (listName, value) => {
    expect(await meters.readOne(meters.announce('redis', at({ listName })))).toEqual({ value })
  })

  test('refuses a key of another type', async () => {
    expect((await meters.readOne(meters.announce('redis', at({ listName: 'text' })))).error).toBe(
      'The redis trigger has no value: text is a string. Let listName be a list, set, sorted set or hash.',
    )
  })

  test('looks into the database it is told', async () => {
    const { address: _, ...rest } = at({ host: '127.0.0.1', port: String(redis.port), listName: 'list', databaseIndex: '2' })
    expect(await meters.readOne(meters.announce('redis', rest))).toEqual({ value: 1 })
  })

  test('keeps its connection, and makes it anew when it was cut', async () => {
    const id = meters.announce('redis', at({ listName: 'list' }))
    expect(await meters.readOne(id)).toEqual({ value: 3 })
    await run(redis.port, ['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'])
    expect(await meters.readOne(id)).toEqual({ value: 3 })
  })

  test('says what is wrong without the password', async () => {
    const wrong = await meters.readOne(meters.announce('redis', { ...at({ listName: 'list' }), password: 'not-the-right-one' }))
    expect(wrong.error).toMatch(/^The redis trigger has no value: WRONGPASS .*Correct the user, the password or the key/)
    expect(wrong.error).not.toContain('not-the-right-one')
    const nobody = await meters.readOne(meters.announce('redis', { address: '127.0.0.1:1', listName: 'list' }))
    expect(nobody.error).toMatch(/ECONNREFUSED.*Nothing listens there/)
  })
})

describe('streams', () => {
  beforeAll(async () => {
    const add = (stream: string) => ['XADD', stream, '*', 'a', '1']
    await run(
      redis.port,
      ...[add('orders'), add('orders'), add('orders')],
      ['XGROUP', 'CREATE', 'orders', 'mailers', '0'],
      ['XREADGROUP', 'GROUP', 'mailers', 'one', 'COUNT', '1', 'STREAMS', 'orders', '>'],
    )
  })

  test.each([
    ['pending entries', { consumerGroup: 'mailers', pendingEntriesCount: '5' }, 1],
    ['the length', { streamLength: '5' }, 3],
    ['the lag', { consumerGroup: 'mailers', lagCount: '5' }, 2],
    ['all for a group that is not there yet', { consumerGroup: 'later', lagCount: '5' }, 3],
  ])('counts %s', async (_name, settings: Record<string, string>, value) => {
    expect(await meters.readOne(meters.announce('redis-streams', at({ stream: 'orders', ...settings })))).toEqual({ value })
  })

  test('finds no lag where there is no stream', async () => {
    const id = meters.announce('redis-streams', at({ stream: 'none', consumerGroup: 'mailers', lagCount: '5' }))
    expect(await meters.readOne(id)).toEqual({ value: 0 })
  })

  test('says that there is no such group', async () => {
    const id = meters.announce('redis-streams', at({ stream: 'orders', consumerGroup: 'later' }))
    expect((await meters.readOne(id)).error).toMatch(/NOGROUP/)
  })
})

test('a cluster', async () => {
  await using cluster = await startRedisCluster()
  const address = `127.0.0.1:${cluster.port}`
  await run(cluster.port, ['CLUSTER', 'ADDSLOTSRANGE', '0', '16383'])
  // A moment passes until the node believes that the cluster is complete.
  await eventually(() => run(cluster.port, ['RPUSH', 'list', 'a']).then(() => true))
  await run(cluster.port, ['RPUSH', 'list', 'b'], ['XADD', 'orders', '*', 'a', '1'])
  expect(await meters.readOne(meters.announce('redis-cluster', { addresses: address, listName: 'list' }))).toEqual({ value: 2 })
  const settings = { addresses: address, stream: 'orders', consumerGroup: 'later', lagCount: '1' }
  expect(await meters.readOne(meters.announce('redis-cluster-streams', settings))).toEqual({ value: 1 })
})

test('the master that sentinels know', async () => {
  await using master = await startRedis()
  await using sentinel = await startSentinel({ name: 'shop', port: master.port })
  await run(master.port, ['RPUSH', 'list', 'a', 'b'], ['XADD', 'orders', '*', 'a', '1'])
  // The first is nobody.
  const settings = { addresses: `127.0.0.1:1,127.0.0.1:${sentinel.port}`, sentinelMaster: 'shop' }
  expect(await meters.readOne(meters.announce('redis-sentinel', { ...settings, listName: 'list' }))).toEqual({ value: 2 })
  expect(await meters.readOne(meters.announce('redis-sentinel-streams', { ...settings, stream: 'orders' }))).toEqual({ value: 1 })
  const other = await meters.readOne(meters.announce('redis-sentinel', { ...settings, sentinelMaster: 'other', listName: 'list' }))
  expect(other.error).toMatch(/the sentinels know no master other/)
})

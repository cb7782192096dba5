import { describe, expect, test } from '@jest/globals'
import { eventually } from '../kit/eventually.ts'
import { listen } from '../kit/meters/listening.ts'
import { MetersProcess } from '../kit/meters/meters-process.ts'

describe('the program', () => {
  test('says hello first, answers pings, and ends with its input', async () => {
    const meters = new MetersProcess()
    meters.say({ type: 'ping', id: 7 })
    await eventually(() => (meters.messages.length === 2 ? true : undefined))
    expect(meters.messages).toEqual([
      { type: 'hello', protocol: 1, pid: meters.child.pid },
      { type: 'pong', id: 7 },
    ])
    meters.child.stdin.end()
    expect(await meters.ended).toBe(0)
    expect(meters.errors).toEqual([])
  })

  test('ends when it is told to, whatever is on its way', async () => {
    await using silent = await listen((_socket, bytes) => bytes)
    const meters = new MetersProcess()
    const id = meters.announce('redis', { address: `127.0.0.1:${silent.port}`, password: 'x', listName: 'list' })
    meters.say({ type: 'read', id: 1, triggers: [id] })
    await eventually(() => (silent.connections() === 1 ? true : undefined))
    meters.say({ type: 'shutdown' })
    expect(await meters.ended).toBe(0)
  })

  test('refuses other arguments', async () => {
    const { spawnSync } = await import('node:child_process')
    const { fileURLToPath } = await import('node:url')
    const program = fileURLToPath(new URL('../../dist/meters.js', import.meta.url))
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, '--socket'], { encoding: 'utf8' })
    expect([status, stdout, stderr]).toEqual([2, '', 'usage: meters --stdio\n'])
  })

  test('goes on after a line that is no message, and says so as JSON on its errors', async () => {
    await using meters = new MetersProcess()
    meters.child.stdin.write('half a mess\n')
    meters.say({ type: 'ping', id: 1 })
    await eventually(() => (meters.messages.some(({ type }) => type === 'pong') ? true : undefined))
    await eventually(() => (meters.errors.length > 0 ? true : undefined))
    expect(JSON.parse(meters.errors.join(''))).toMatchObject({ level: 'error', message: expect.stringMatching(/no message was skipped/) })
  })
})

describe('readings', () => {
  test('are in the order in which they were asked for, with those that failed', async () => {
    await using meters = new MetersProcess()
    const one = meters.announce('redis', { address: '127.0.0.1:1', listName: 'list' })
    const two = meters.announce('stan', {})
    const readings = await meters.read(two, 'shop/unknown', one)
    expect(readings.map(({ trigger }) => trigger)).toEqual([two, 'shop/unknown', one])
    expect(readings.map(({ error }) => error)).toEqual([
      'The stan trigger has no value: no reader is there for this type, its value is set with "minipaas metric set". Correct the metadata or the authentication of the trigger.',
      'The trigger shop/unknown has no value: it is not among those that were announced. It is asked again at the next poll.',
      expect.stringMatching(/ECONNREFUSED/),
    ])
  })

  test.each([
    ['redis', { address: 'SERVER', listName: 'list', password: 'x' }],
    ['rabbitmq', { host: 'amqp://SERVER', queueName: 'mail' }],
    ['kafka', { bootstrapServers: 'SERVER', consumerGroup: 'g', topic: 't' }],
    ['prometheus', { serverAddress: 'http://SERVER', query: 'up', threshold: '1' }],
    ['external', { scalerAddress: 'SERVER' }],
    ['postgresql', { connection: 'postgresql://me:x@SERVER/db', query: 'SELECT 1' }],
    ['mysql', { connectionString: 'me:x@tcp(SERVER)/db', query: 'SELECT 1' }],
    ['mongodb', { connectionString: 'mongodb://SERVER', dbName: 'd', collection: 'c', query: '{"a":1}' }],
  ])('of %s end in time where a server says nothing', async (type, settings: Record<string, string>) => {
    await using silent = await listen((_socket, bytes) => bytes)
    await using meters = new MetersProcess()
    const filled = Object.entries(settings).map(([name, value]) => [name, value.replace('SERVER', `127.0.0.1:${silent.port}`)])
    const { error, value } = await meters.readOne(meters.announce(type, { ...Object.fromEntries(filled), timeout: '300' }))
    expect(value).toBeUndefined()
    expect(error).toMatch(new RegExp(`^The ${type} trigger has no value: `))
    expect(meters.child.exitCode).toBeNull()
  })

  test('of a trigger that is gone close its connection', async () => {
    let open = 0
    await using server = await listen((socket, bytes) => {
      if (bytes.length > 0) {
        open++
        socket.once('close', () => open--)
      }
      return Buffer.alloc(0)
    })
    await using meters = new MetersProcess()
    const id = meters.announce('redis', { address: `127.0.0.1:${server.port}`, listName: 'list', password: 'x', timeout: '60s' })
    meters.say({ type: 'read', id: 1, triggers: [id] })
    await eventually(() => (open === 1 ? true : undefined))
    meters.say({ type: 'triggers', triggers: [] })
    await eventually(() => (open === 0 ? true : undefined))
  })
})

import { describe, expect, test } from '@jest/globals'
import { FaultError } from '../../src/kernel/fault.ts'
import type { ByteStream } from '../../src/model/engine.ts'
import { SEND_WINDOW_BYTES } from '../../src/wire/answers.ts'
import { API_ROUTES, STREAM_FAILED } from '../../src/wire/api-routes.ts'
import { ApiWorld, refusalIn, type Socket } from '../kit/api-world.ts'
import { eventually } from '../kit/eventually.ts'

describe('questions about running replicas', () => {
  test('processes and usage are asked for some components or for all', async () => {
    await using world = await ApiWorld.open()
    const shop = world.environments.fake('shop')
    const table = { component: 'web', replica: 'web--1.0', ordinal: 0, container: 'web', role: 'app', titles: ['PID'], rows: [['7']] }
    const usage = { component: 'web', replica: 'web--1.0', ordinal: 0, cpu: 0.5, memoryBytes: 1024 }
    Object.assign(shop.replicaAccess, { tables: [table], usages: [[usage]] })
    expect((await world.ask(API_ROUTES.processes('shop'))).body).toEqual([table])
    expect((await world.ask(`${API_ROUTES.usage('shop')}?component=web&component=api`)).body).toEqual([usage])
    expect(shop.calls).toEqual([
      { name: 'processes', argument: [] },
      { name: 'usage', argument: ['web', 'api'] },
    ])
  })

  test('a signal is sent, and one that is no signal is refused', async () => {
    await using world = await ApiWorld.open()
    const shop = world.environments.fake('shop')
    const answer = await world.post(API_ROUTES.kill('shop'), { components: ['web'], signal: 'SIGHUP', ordinal: 2 })
    expect(answer.body).toEqual({ signalled: [{ component: 'web', replica: 'web--1.0', ordinal: 2, container: 'web', role: 'app' }] })
    expect(shop.calls).toEqual([{ name: 'kill', argument: { components: ['web'], signal: 'SIGHUP', ordinal: 2 } }])
    for (const body of [{ components: ['web'] }, { signal: 'HUP' }, { signal: '9' }, { signal: 'SIGHUP', component: 'web' }]) {
      const refused = await world.post(API_ROUTES.kill('shop'), body)
      expect([refused.status, refusalIn(refused).code]).toEqual([400, 'MP8022'])
    }
  })

  test('what an engine does not find is the caller’s mistake, not the world’s', async () => {
    await using world = await ApiWorld.open()
    const shop = world.environments.fake('shop')
    shop.failNext(new FaultError({ kind: 'not-found', code: 'MP4107', message: 'no such replica', retry: 'never' }))
    expect((await world.ask(API_ROUTES.usage('shop'))).status).toBe(404)
    shop.failNext(new FaultError({ kind: 'conflict', code: 'MP4109', message: 'not running', retry: 'soon' }))
    expect((await world.ask(API_ROUTES.usage('shop'))).status).toBe(409)
  })
})

describe('the forward socket', () => {
  const route = (query: string) => `${API_ROUTES.forward('shop', 'web')}?${query}`

  test('a plain request tells which replica a connection would reach', async () => {
    await using world = await ApiWorld.open()
    world.environments.fake('shop')
    expect((await world.ask(route('port=80'))).body).toEqual({ component: 'web', replica: 'web--1.0', ordinal: 0, port: 80 })
  })

  test('carries bytes both ways, and each side may end first', async () => {
    await using world = await ApiWorld.open()
    const shop = world.environments.fake('shop')
    const socket = await world.stream(route('port=80&ordinal=3'))
    socket.send(Buffer.from('hello'))
    await eventually(() => (socket.frames.length > 0 ? true : undefined))
    expect(String(socket.frames[0])).toBe('hello')
    socket.send(JSON.stringify({ type: 'end' }))
    await eventually(() => (socket.json.length > 0 ? true : undefined))
    expect(socket.json).toEqual([{ type: 'end' }])
    socket.close(1000)
    expect(await socket.closed).toBe(1000)
    expect(shop.calls.map(({ name }) => name)).toEqual(['forwardTarget', 'connect'])
    expect(shop.calls[1]?.argument).toEqual({ component: 'web', port: 80, ordinal: 3 })
  })

  test('a connection that cannot be made is the last frame', async () => {
    await using world = await ApiWorld.open()
    world.environments.fake('shop').replicaAccess.onConnect = () =>
      Promise.reject(new FaultError({ kind: 'unavailable', code: 'MP4114', message: 'refused', retry: 'soon' }))
    const socket = await world.stream(route('port=80'))
    expect(await socket.closed).toBe(STREAM_FAILED)
    expect(socket.json).toEqual([{ type: 'failed', error: { code: 'MP4114', message: 'refused' } }])
  })

  test('the connection is closed when the client is lost', async () => {
    await using world = await ApiWorld.open()
    let closed = false
    world.environments.fake('shop').replicaAccess.onConnect = async () => silent({ close: () => (closed = true) })
    const socket = await world.stream(route('port=80'))
    socket.cut()
    await eventually(() => (closed ? true : undefined))
  })

  test('a client learns what was taken of what it sent', async () => {
    await using world = await ApiWorld.open()
    let take = (): void => {}
    const written = new Promise<void>((resolve) => {
      take = resolve
    })
    world.environments.fake('shop').replicaAccess.onConnect = async () => silent({ write: () => written })
    const socket = await world.stream(route('port=80'))
    socket.send(Buffer.alloc(SEND_WINDOW_BYTES))
    socket.send(JSON.stringify({ type: 'end' }))
    expect(socket.json).toEqual([])
    take()
    await eventually(() => (socket.json.length > 0 ? true : undefined))
    expect(socket.json).toEqual([{ type: 'taken', bytes: SEND_WINDOW_BYTES }])
  })

  test.each(['', 'port=0', 'port=http', 'port=80&more=1'])('the query "%s" is refused before the hand-shake', async (query) => {
    await using world = await ApiWorld.open()
    world.environments.fake('shop')
    const opening = await world.connect(route(query))
    expect(opening.opened ? undefined : [opening.answer.status, refusalIn(opening.answer).code]).toEqual([400, 'MP8022'])
  })

  test('a frame of another form ends it', async () => {
    await using world = await ApiWorld.open()
    world.environments.fake('shop')
    const socket: Socket = await world.stream(route('port=80'))
    socket.send('hello')
    expect(await socket.closed).toBe(STREAM_FAILED)
    expect(socket.json).toEqual([{ type: 'failed', error: expect.objectContaining({ code: 'MP8022' }) }])
  })
})

/** A connection that says nothing. */
function silent(changes: Partial<ByteStream>): ByteStream {
  const nothing = (): void => {}
  async function* output(): AsyncGenerator<Uint8Array> {
    await new Promise<void>(() => {})
  }
  return { output: output(), write: nothing, end: nothing, close: nothing, ...changes }
}

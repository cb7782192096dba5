import { describe, expect, test } from '@jest/globals'
import { RefusalError } from '../../src/control/ports.ts'
import { instant } from '../../src/kernel/instant.ts'
import type { ComponentKey, ReplicaId } from '../../src/model/names.ts'
import type { LogRecord } from '../../src/wire/answers.ts'
import { API_ROUTES, DAEMON_STOPPING, SESSION_GOODBYE, STREAM_FAILED } from '../../src/wire/api-routes.ts'
import type { Envelope } from '../../src/wire/events.ts'
import type { RequestItem } from '../../src/wire/request-stream.ts'
import { ApiWorld, refusalIn, type Socket } from '../kit/api-world.ts'
import { eventually } from '../kit/eventually.ts'
import { requestRecord } from '../kit/views.ts'

const notice = (text: string) => ({ type: 'notice', level: 'info', text }) as const
const seqs = (socket: Socket) => (socket.json as Envelope[]).map((frame) => ('gap' in frame ? `gap ${frame.seq}` : frame.seq))
const frames = (socket: Socket, count: number) => eventually(() => (socket.frames.length >= count ? socket.frames : undefined))

const line = (component: string, text: string): LogRecord => ({
  at: instant(1),
  app: 'shop',
  component: component as ComponentKey,
  replica: `${component}--1.0` as ReplicaId,
  ordinal: 0,
  container: component,
  source: 'app',
  stream: 'out',
  text,
})

describe('images', () => {
  const order = { do: 'pull', files: [{ path: '/app.yaml' }], directory: '/' }

  test('the request first, then what happens to each image; the environment need not exist', async () => {
    await using world = await ApiWorld.open()
    const socket = await world.stream(API_ROUTES.images('shop'))
    socket.send(JSON.stringify(order))
    await frames(socket, 1)
    expect(socket.json).toEqual([{ ref: 'web:1', components: ['web'], state: 'done', text: 'Pulled' }])
    expect(await socket.closed).toBe(1000)
    const [call] = world.environments.fake('shop').calls
    expect(call).toMatchObject({ name: 'images', argument: { ...order, noCache: false, freshBases: false, components: [] } })
  })

  test('a refusal is the last frame', async () => {
    await using world = await ApiWorld.open()
    world.environments.fake('shop').failNext(new RefusalError(409, { code: 'MP4007', message: 'no images here' }))
    const socket = await world.stream(API_ROUTES.images('shop'))
    socket.send(JSON.stringify(order))
    expect(await socket.closed).toBe(STREAM_FAILED)
    expect(socket.json).toEqual([{ error: { code: 'MP4007', message: 'no images here' } }])
  })

  test.each([[{ ...order, do: 'push' }], [{ do: 'pull' }], [{ ...order, build: true }]])(
    '%j is not of the expected form',
    async (request) => {
      await using world = await ApiWorld.open()
      const socket = await world.stream(API_ROUTES.images('shop'))
      socket.send(JSON.stringify(request))
      expect(await socket.closed).toBe(STREAM_FAILED)
      expect(socket.json).toMatchObject([{ error: { code: 'MP8022' } }])
    },
  )
})

describe('load and record', () => {
  const load = {
    target: { component: 'web' },
    streams: [{ arrivals: 'constant', pieces: [{ startSeconds: 0, endSeconds: 1, from: 1, to: 1 }] }],
  }

  test('a second frame asks for the end, which is told too', async () => {
    await using world = await ApiWorld.open()
    const shop = world.environments.fake('shop')
    const socket = await world.stream(API_ROUTES.load('shop'))
    socket.send(JSON.stringify(load))
    await eventually(() => (shop.calls.some(({ name }) => name === 'load') ? true : undefined))
    expect(socket.json).toEqual([])
    socket.send('{"do":"stop"}')
    expect(await socket.closed).toBe(1000)
    expect(socket.json).toMatchObject([{ schemaVersion: 1, type: 'summary' }])
    const argument = { ...load, method: 'GET', headers: [], seed: 1, concurrency: 1000, timeoutMs: 30_000 }
    expect(shop.calls).toContainEqual({ name: 'load', argument })
  })

  test('a recording begins with its header', async () => {
    await using world = await ApiWorld.open()
    world.environments.fake('shop')
    const socket = await world.stream(API_ROUTES.record('shop'))
    socket.send(JSON.stringify({ components: ['web'] }))
    await frames(socket, 1)
    expect(socket.json).toMatchObject([{ minipaasTrace: 1, environment: 'shop' }])
    socket.send('{}')
    expect(await socket.closed).toBe(1000)
  })

  test.each([
    ['load', { ...load, concurrency: 0 }],
    ['load', { ...load, target: { component: 'web', url: 'http://localhost/' } }],
    ['load', { ...load, headers: [['x', 'a\r\ny: b']] }],
    ['load', { ...load, path: '/a b' }],
    ['load', { ...load, streams: [] }],
    ['load', { ...load, streams: [{ arrivals: 'constant', pieces: [{ startSeconds: 0, endSeconds: 3601, from: 1, to: 1 }] }] }],
    ['record', { component: 'web' }],
  ] as const)('%s %j is not of the expected form', async (stream, request) => {
    await using world = await ApiWorld.open()
    world.environments.fake('shop')
    const socket = await world.stream(API_ROUTES[stream]('shop'))
    socket.send(JSON.stringify(request))
    expect(await socket.closed).toBe(STREAM_FAILED)
    expect(socket.json).toMatchObject([{ error: { code: 'MP8022' } }])
  })

  test('of an environment that is not there are refused before they begin', async () => {
    await using world = await ApiWorld.open()
    const opening = await world.connect(API_ROUTES.load('nowhere'))
    expect(opening).toMatchObject({ opened: false, answer: { status: 404, body: { error: { code: 'MP8025' } } } })
  })
})

describe('the stream of requests', () => {
  test('passes the question on and the items back as they are', async () => {
    await using world = await ApiWorld.open()
    const shop = world.environments.fake('shop')
    const items: readonly RequestItem[] = [requestRecord('web', 1), { note: 'missed', at: instant(2), count: 3 }]
    shop.ended.push(...items)
    const query = 'component=web&component=api&app=shop&follow=false&tail=1&since=5&failed=true&after=run.12'
    const socket = await world.stream(`${API_ROUTES.requests('shop')}?${query}`)
    expect(await socket.closed).toBe(1000)
    expect(socket.json).toEqual(items)
    const argument = { components: ['web', 'api'], app: 'shop', follow: false, tail: 1, since: 5, failed: true, after: 'run.12' }
    expect(shop.calls).toContainEqual({ name: 'requests', argument })
  })

  test('without a question is of all, and ends', async () => {
    await using world = await ApiWorld.open()
    const shop = world.environments.fake('shop')
    const socket = await world.stream(API_ROUTES.requests('shop'))
    expect(await socket.closed).toBe(1000)
    expect(shop.calls).toContainEqual({ name: 'requests', argument: { components: [], follow: false, failed: false } })
  })

  test.each([['?after=12'], ['?after=a.b'], ['?after=a b.1'], ['?failed=maybe'], ['?tail=all'], ['?container=web']])(
    'the query %s is refused before the hand-shake',
    async (query) => {
      await using world = await ApiWorld.open()
      world.environments.fake('shop')
      const opening = await world.connect(API_ROUTES.requests('shop') + query)
      if (opening.opened) throw new Error('it opened')
      expect([opening.answer.status, refusalIn(opening.answer).code]).toEqual([400, 'MP8022'])
    },
  )
})

describe('the event stream', () => {
  test('list, then watch: nothing is missed and nothing comes twice', async () => {
    await using world = await ApiWorld.open()
    const { events } = world.environments.fake('shop')
    events.append(notice('before'))
    const view = (await world.ask(API_ROUTES.environment('shop'))).body as { readonly seq: number }
    events.append(notice('between'))
    const socket = await world.stream(`${API_ROUTES.events('shop')}?after=${view.seq}`)
    await frames(socket, 1)
    events.append(notice('later'))
    await frames(socket, 2)
    expect(socket.json).toEqual([
      { v: 1, seq: 2, at: expect.any(Number), body: notice('between') },
      { v: 1, seq: 3, at: expect.any(Number), body: notice('later') },
    ])
  })

  test('without a place it begins with what comes next', async () => {
    await using world = await ApiWorld.open()
    const { events } = world.environments.fake('shop')
    events.append(notice('old'))
    const socket = await world.stream(API_ROUTES.events('shop'))
    await eventually(() => (world.clients > 0 ? true : undefined))
    events.append(notice('new'))
    await frames(socket, 1)
    expect(seqs(socket)).toEqual([2])
  })

  test('a place that is no longer kept, or from another life of the daemon, is answered with a gap', async () => {
    await using world = await ApiWorld.open({ eventCapacity: 3 })
    const { events } = world.environments.fake('shop')
    for (let index = 0; index < 10; index++) events.append(notice(`${index}`))
    for (const after of [2, 5000]) {
      const socket = await world.stream(`${API_ROUTES.events('shop')}?after=${after}`)
      await frames(socket, 1)
      expect(seqs(socket)).toEqual(['gap 10'])
      socket.close()
    }
  })

  test('a client that does not read costs the daemon a bounded amount, gets a gap and goes on', async () => {
    await using world = await ApiWorld.open({ eventCapacity: 50 })
    const { events } = world.environments.fake('shop')
    const socket = await world.stream(`${API_ROUTES.events('shop')}?after=0`)
    socket.pause()
    const heavy = 'x'.repeat(100_000)
    for (let index = 0; index < 400; index++) {
      events.append(notice(heavy))
      if (index % 20 === 0) await world.ask(API_ROUTES.version)
    }
    socket.resume()
    await eventually(() => (seqs(socket).some((seq) => typeof seq === 'string') ? true : undefined))
    events.append(notice('after'))
    await eventually(() => (seqs(socket).at(-1) === 401 ? true : undefined))
    const numbers = seqs(socket).filter((seq): seq is number => typeof seq === 'number')
    expect(numbers).toEqual([...numbers].sort((left, right) => left - right))
    expect(numbers.length).toBeLessThan(401)
  })

  test.each([['?after=x'], ['?after=-1'], ['?after=1.5'], ['?from=1']])('the query %s is refused before the hand-shake', async (query) => {
    await using world = await ApiWorld.open()
    world.environments.fake('shop')
    const opening = await world.connect(API_ROUTES.events('shop') + query)
    if (opening.opened) throw new Error('it opened')
    expect([opening.answer.status, refusalIn(opening.answer).code]).toEqual([400, 'MP8022'])
  })

  test.each([
    ['/v1/environments/nowhere/events', 404, 'MP8025'],
    ['/v1/environments/..%2fx/events', 400, 'MP8027'],
    ['/v1/environments/shop/nothing', 404, 'MP8024'],
    ['/v1/environments/shop/events/more', 404, 'MP8024'],
    ['/v1/version', 404, 'MP8024'],
    ['/v1/sessions/a%20b', 400, 'MP8022'],
  ])('a hand-shake on %s is refused', async (path, status, code) => {
    await using world = await ApiWorld.open()
    world.environments.fake('shop')
    const opening = await world.connect(path)
    if (opening.opened) throw new Error('it opened')
    expect([opening.answer.status, refusalIn(opening.answer).code]).toEqual([status, code])
  })

  test('every stream ends with its own code when the API closes', async () => {
    const world = await ApiWorld.open()
    world.environments.fake('shop')
    const paths = [
      API_ROUTES.events('shop'),
      `${API_ROUTES.logs('shop')}?follow=true`,
      API_ROUTES.exec('shop'),
      API_ROUTES.session('s'),
      `${API_ROUTES.requests('shop')}?follow=1`,
    ]
    const sockets = await Promise.all(paths.map((path) => world.stream(path)))
    await world.close()
    expect(await Promise.all(sockets.map((socket) => socket.closed))).toEqual(paths.map(() => DAEMON_STOPPING))
  })
})

describe('the log stream', () => {
  test('sends the lines that were asked for and closes', async () => {
    await using world = await ApiWorld.open()
    world.environments.fake('shop').lines.push(line('web', 'one'), line('api', 'two'), line('web', 'three'))
    const socket = await world.stream(`${API_ROUTES.logs('shop')}?component=web&tail=1&since=5`)
    expect(await socket.closed).toBe(1000)
    expect(socket.json).toEqual([line('web', 'three')])
    expect(world.environments.fake('shop').calls).toEqual([
      { name: 'logs', argument: { components: ['web'], follow: false, tail: 1, since: 5 } },
    ])
  })

  test.each([
    ['?component=a&component=b&follow=1&container=c&app=x', { components: ['a', 'b'], follow: true, container: 'c', app: 'x' }],
    ['?follow=false', { components: [], follow: false }],
    ['', { components: [], follow: false }],
  ])('understands %s', async (query, expected) => {
    await using world = await ApiWorld.open()
    const shop = world.environments.fake('shop')
    await world.stream(API_ROUTES.logs('shop') + query)
    await eventually(() => (shop.calls.length > 0 ? true : undefined))
    expect(shop.calls[0]?.argument).toEqual(expected)
  })

  test('says as its last frame why it failed', async () => {
    await using world = await ApiWorld.open()
    world.environments.fake('shop').failNext(new RefusalError(404, { code: 'MP3101', message: 'no component "wbe"' }))
    const socket = await world.stream(API_ROUTES.logs('shop'))
    expect(await socket.closed).toBe(STREAM_FAILED)
    expect(socket.json).toEqual([{ error: { code: 'MP3101', message: 'no component "wbe"' } }])
  })

  test('stops reading when the client leaves', async () => {
    await using world = await ApiWorld.open()
    world.environments.fake('shop')
    const socket = await world.stream(`${API_ROUTES.logs('shop')}?follow=true`)
    await eventually(() => (world.clients === 1 ? true : undefined))
    socket.cut()
    await eventually(() => (world.clients === 0 ? true : undefined))
  })
})

describe('the exec socket', () => {
  const request = { mode: 'exec', component: 'web', command: ['cat', '-'] }
  const bytes = (channel: number, text: string) => Buffer.concat([Buffer.from([channel]), Buffer.from(text)])
  const shown = (socket: Socket) =>
    socket.frames.map((frame) => (typeof frame === 'string' ? JSON.parse(frame) : `${frame[0]}:${frame.subarray(1).toString('utf8')}`))

  test('carries bytes both ways, controls, and the exit code', async () => {
    await using world = await ApiWorld.open()
    world.environments.fake('shop')
    const socket = await world.stream(API_ROUTES.exec('shop'))
    socket.send(JSON.stringify(request))
    socket.send(bytes(0, 'early'))
    await frames(socket, 2)
    socket.send(JSON.stringify({ type: 'resize', columns: 80, rows: 24 }))
    socket.send(JSON.stringify({ type: 'signal', name: 'SIGINT' }))
    await frames(socket, 4)
    socket.send(JSON.stringify({ type: 'end-input' }))
    expect(await socket.closed).toBe(1000)
    expect(shown(socket)).toEqual(['1:$ cat -\n', '1:early', '2:80x24', '2:SIGINT', { type: 'exit', code: 3 }])
  })

  test.each([
    ['a request of another form', JSON.stringify({ ...request, mode: 'attach' }), 'MP8022'],
    ['something that is not JSON', 'hello', 'MP8022'],
    ['bytes before the request', bytes(0, 'x'), 'MP8022'],
    ['an unknown component', JSON.stringify({ ...request, component: 'wbe' }), 'MP3101'],
  ])('refuses %s', async (_name, first, code) => {
    await using world = await ApiWorld.open()
    world.environments.fake('shop')
    const socket = await world.stream(API_ROUTES.exec('shop'))
    socket.send(first)
    expect(await socket.closed).toBe(STREAM_FAILED)
    expect(socket.json).toEqual([{ type: 'failed', error: expect.objectContaining({ code }) }])
  })

  test.each([
    ['bytes on a channel of ours', bytes(1, 'x')],
    ['an unknown control', JSON.stringify({ type: 'explode' })],
    ['a size that is none', JSON.stringify({ type: 'resize', columns: 0, rows: 1 })],
  ])('ends the command after %s', async (_name, frame) => {
    await using world = await ApiWorld.open()
    world.environments.fake('shop')
    const socket = await world.stream(API_ROUTES.exec('shop'))
    socket.send(JSON.stringify(request))
    await frames(socket, 1)
    socket.send(frame)
    expect(await socket.closed).toBe(STREAM_FAILED)
    expect(socket.json.filter((item) => (item as { readonly type: string }).type === 'failed')).toHaveLength(1)
  })
})

describe('sessions', () => {
  const order = { files: [], directory: '/', session: 's1' }
  const seated = (world: ApiWorld, count: number) => eventually(() => (world.clients === count ? true : undefined))

  test('a client that is lost ends its session after 10 s', async () => {
    await using world = await ApiWorld.open()
    const socket = await world.stream(API_ROUTES.session('s1'))
    await world.post(API_ROUTES.apply('shop'), order)
    await world.sessionClock.advance(60_000)
    expect(world.environments.endedSessions).toEqual([])
    socket.cut()
    await seated(world, 0)
    await world.sessionClock.advance(9_999)
    expect(world.environments.endedSessions).toEqual([])
    await world.sessionClock.advance(1)
    expect(world.environments.endedSessions).toEqual(['s1'])
  })

  test('a client that comes back in time keeps its session', async () => {
    await using world = await ApiWorld.open()
    const first = await world.stream(API_ROUTES.session('s1'))
    first.cut()
    await seated(world, 0)
    await world.sessionClock.advance(9_000)
    await world.stream(API_ROUTES.session('s1'))
    await seated(world, 1)
    await world.sessionClock.advance(60_000)
    expect(world.environments.endedSessions).toEqual([])
  })

  test('a client that says goodbye leaves its applications running', async () => {
    await using world = await ApiWorld.open()
    const socket = await world.stream(API_ROUTES.session('s1'))
    socket.close(SESSION_GOODBYE)
    await seated(world, 0)
    await world.sessionClock.advance(60_000)
    expect(world.environments.endedSessions).toEqual([])
  })

  test('of two sockets of a session one may be lost', async () => {
    await using world = await ApiWorld.open()
    const first = await world.stream(API_ROUTES.session('s1'))
    await world.stream(API_ROUTES.session('s1'))
    await seated(world, 2)
    first.cut()
    await seated(world, 1)
    await world.sessionClock.advance(60_000)
    expect(world.environments.endedSessions).toEqual([])
  })

  test('an apply for a session whose socket never comes is ended too', async () => {
    await using world = await ApiWorld.open()
    await world.post(API_ROUTES.apply('shop'), order)
    await world.sessionClock.advance(10_000)
    expect(world.environments.endedSessions).toEqual(['s1'])
  })
})

import { describe, expect, test } from '@jest/globals'
import { RefusalError } from '../../src/control/ports.ts'
import { FaultError } from '../../src/kernel/fault.ts'
import { API_ROUTES } from '../../src/wire/api-routes.ts'
import { ApiWorld, refusalIn } from '../kit/api-world.ts'

const model = { files: [{ path: '/app.yaml' }], directory: '/' }

describe('the routes of the API', () => {
  test('snapshots are answered as JSON that nobody may keep', async () => {
    await using world = await ApiWorld.open()
    world.environments.fake('shop')
    const answer = await world.ask(API_ROUTES.environments)
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
    expect(answer.body).toEqual([{ environment: 'shop', engine: 'memory', applications: [] }])
    expect((await world.ask(API_ROUTES.environment('shop'))).body).toMatchObject({ schemaVersion: 1, environment: 'shop', seq: 0 })
    expect((await world.ask(API_ROUTES.config('shop'))).body).toEqual({ applications: [{ name: 'shop' }] })
    expect((await world.ask(API_ROUTES.explain('shop', 'web'))).body).toMatchObject({ component: 'web' })
    expect((await world.ask(API_ROUTES.port('shop', 'web'))).body).toEqual({ host: '127.0.0.1', port: 8080 })
    expect((await world.ask(`${API_ROUTES.port('shop', 'web')}?port=9000`)).body).toEqual({ host: '127.0.0.1', port: 9000 })
    expect((await world.ask(API_ROUTES.debugState('shop'))).body).toMatchObject({ name: 'shop' })
  })

  test('apply makes the environment and passes the order with its defaults', async () => {
    await using world = await ApiWorld.open()
    const answer = await world.post(API_ROUTES.apply('new-one'), model)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ environment: 'new-one', seq: 1 })
    expect(world.environments.fake('new-one').calls).toEqual([
      {
        name: 'apply',
        argument: {
          ...model,
          envFiles: [],
          components: [],
          engine: 'auto',
          build: false,
          removeOrphans: false,
          strict: false,
          scale: {},
          watch: true,
        },
      },
    ])
  })

  test.each([
    ['plan', API_ROUTES.plan('shop'), model],
    ['down', API_ROUTES.down('shop'), { applications: ['a'], volumes: true }],
    ['down', API_ROUTES.down('shop'), {}],
    ['command', API_ROUTES.command('shop'), { do: 'restart', components: ['web'] }],
    ['command', API_ROUTES.command('shop'), { do: 'scale', replicas: { web: 3 } }],
    ['workflow', API_ROUTES.workflow('shop'), { do: 'resume', application: 'shop' }],
  ])('%s passes its order on', async (name, path, body) => {
    await using world = await ApiWorld.open()
    world.environments.fake('shop')
    expect((await world.post(path, body)).status).toBe(200)
    expect(world.environments.fake('shop').calls).toEqual([{ name, argument: expect.objectContaining(body) }])
  })

  test.each([
    ['a missing body', undefined],
    ['no files', { directory: '/' }],
    ['a file that is none', { files: [{ url: 'x' }], directory: '/' }],
    ['an unknown key', { ...model, fiels: [] }],
    ['a wrong type', { ...model, watch: 'yes' }],
  ])('an apply with %s is refused with places', async (_name, body) => {
    await using world = await ApiWorld.open()
    const answer = await world.ask(API_ROUTES.apply('shop'), { method: 'POST', body })
    expect(answer.status).toBe(400)
    const { code, diagnostics } = refusalIn(answer)
    expect(code).toBe('MP8022')
    expect(diagnostics?.length).toBeGreaterThan(0)
    expect(world.environments.names).toEqual([])
  })

  test('a refusal of a form names the place inside the body', async () => {
    await using world = await ApiWorld.open()
    const answer = await world.post(API_ROUTES.command('shop'), { do: 'scale', replicas: { web: -1 } })
    expect(refusalIn(answer).diagnostics?.map((diagnostic) => diagnostic.message)).toEqual([expect.stringMatching(/^replicas\.web: /)])
  })

  test.each([
    ['not JSON', { body: '{"files":', headers: {} }, 400],
    ['JSON that is no object', { body: '"text"', headers: {} }, 400],
    ['text', { body: '{}', headers: { 'content-type': 'text/plain' } }, 415],
    ['a form', { body: 'a=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415],
    ['no content type', { body: '{}', headers: { 'content-type': undefined } }, 415],
    ['an unknown encoding', { body: '{}', headers: { 'content-encoding': 'strange' } }, 415],
    ['more than 16 MiB', { body: JSON.stringify({ stdin: 'x'.repeat(17 * 1024 * 1024) }), headers: {} }, 413],
  ])('a body that is %s cannot be read', async (_name, ask, status) => {
    await using world = await ApiWorld.open()
    const answer = await world.ask(API_ROUTES.apply('shop'), { method: 'POST', ...ask })
    expect([answer.status, refusalIn(answer).code]).toEqual([status, 'MP8023'])
  })

  test.each([
    ['GET', '/v1/nothing'],
    ['GET', '/'],
    ['POST', '/v1/version'],
    ['DELETE', '/v1/environments/shop'],
    ['GET', '/v1/environments/shop/apply'],
    ['GET', '/v1/../../etc/passwd'],
  ])('%s %s is no path', async (method, path) => {
    await using world = await ApiWorld.open()
    world.environments.fake('shop')
    const answer = await world.ask(path, { method })
    expect([answer.status, refusalIn(answer).code]).toEqual([404, 'MP8024'])
  })

  test('an unknown environment is refused with the nearest name', async () => {
    await using world = await ApiWorld.open()
    world.environments.fake('shop')
    const answer = await world.ask(API_ROUTES.environment('shpo'))
    expect(answer.status).toBe(404)
    expect(refusalIn(answer)).toEqual({ code: 'MP8025', message: 'there is no environment "shpo"', next: 'did you mean "shop"?' })
    for (const path of [API_ROUTES.down('x'), API_ROUTES.command('x'), API_ROUTES.workflow('x')]) {
      const body = path.endsWith('down') ? {} : { do: 'resume', application: 'a' }
      expect((await world.post(path, path.endsWith('command') ? { do: 'stop', components: [] } : body)).status).toBe(404)
    }
  })

  test.each(['Shop', 'a b', '..%2f..%2fetc', '%2e%2e', 'a'.repeat(64), '-a', 'a_b'])(
    '%s cannot be the name of an environment',
    async (name) => {
      await using world = await ApiWorld.open()
      const answer = await world.post(`/v1/environments/${name.includes('%') ? name : encodeURIComponent(name)}/apply`, model)
      expect([answer.status, refusalIn(answer).code]).toEqual([400, 'MP8027'])
      expect(world.environments.names).toEqual([])
    },
  )

  test.each(['/events', '/logs', '/requests', '/exec'])('a plain request for %s is told to be a WebSocket', async (path) => {
    await using world = await ApiWorld.open()
    world.environments.fake('shop')
    const answer = await world.ask(API_ROUTES.environment('shop') + path)
    expect([answer.status, answer.headers.upgrade, refusalIn(answer).code]).toEqual([426, 'websocket', 'MP8026'])
  })

  test('what the control core refuses, what the world prevents and what is our fault are three kinds of answers', async () => {
    await using world = await ApiWorld.open()
    const shop = world.environments.fake('shop')
    shop.failNext(new RefusalError(409, { code: 'MP3201', message: 'conflict', next: 'do this' }))
    const refused = await world.post(API_ROUTES.down('shop'))
    expect([refused.status, refusalIn(refused)]).toEqual([409, { code: 'MP3201', message: 'conflict', next: 'do this' }])
    shop.failNext(new FaultError({ kind: 'unavailable', code: 'MP4001', message: 'no engine', retry: 'soon' }))
    const prevented = await world.post(API_ROUTES.down('shop'))
    expect([prevented.status, refusalIn(prevented)]).toEqual([503, { code: 'MP4001', message: 'no engine' }])
    expect(world.internalErrors).toEqual([])
    const bug = new Error('the secret is hunter2')
    shop.failNext(bug)
    const failed = await world.post(API_ROUTES.down('shop'))
    expect([failed.status, refusalIn(failed).code, refusalIn(failed).next]).toEqual([500, 'MP9001', 'please report it'])
    expect(failed.text).not.toContain('hunter2')
    expect(world.internalErrors).toEqual([{ error: bug, during: 'down' }])
    expect((await world.post(API_ROUTES.down('shop'))).status).toBe(200)
  })

  test.each([['?port=0'], ['?port=70000'], ['?port=x'], ['?port=1&port=2'], ['?prot=1']])(
    'the query %s of port is refused',
    async (query) => {
      await using world = await ApiWorld.open()
      world.environments.fake('shop')
      const answer = await world.ask(API_ROUTES.port('shop', 'web') + query)
      expect([answer.status, refusalIn(answer).code]).toEqual([400, 'MP8022'])
    },
  )

  test('shutdown is passed on, with a reason or without', async () => {
    await using world = await ApiWorld.open()
    expect((await world.post(API_ROUTES.shutdown, { reason: 'newer version' })).body).toEqual({ stopping: true })
    expect((await world.ask(API_ROUTES.shutdown, { method: 'POST' })).body).toEqual({ stopping: true })
    expect(world.shutdowns).toEqual(['newer version', 'asked by a client'])
    expect((await world.ask(API_ROUTES.shutdownIfIdle, { method: 'POST' })).body).toEqual({ stopping: true })
    await world.post(API_ROUTES.apply('shop'), model)
    expect((await world.ask(API_ROUTES.shutdownIfIdle, { method: 'POST' })).body).toEqual({
      stopping: false,
      reason: 'applications are there',
    })
  })

  test('metrics are Prometheus text', async () => {
    await using world = await ApiWorld.open()
    world.environments.fake('shop')
    const answer = await world.ask(API_ROUTES.metrics)
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(answer.text).toContain('minipaas_replicas{environment="shop",component="web",phase="ready"} 1\n')
  })

  test('a client is present while it is served', async () => {
    await using world = await ApiWorld.open()
    world.environments.fake('shop')
    await world.ask(API_ROUTES.version)
    const socket = await world.stream(API_ROUTES.events('shop'))
    expect(world.clients).toBe(1)
    socket.cut()
    await socket.closed
  })
})

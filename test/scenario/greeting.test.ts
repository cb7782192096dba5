import { expect, test } from '@jest/globals'
import { ControlWorld } from '../kit/control-world.ts'
import { upSample } from '../kit/sample-files.ts'

test('a webservice behind a gateway must answer under the host of the gateway and under no other', async () => {
  await using world = new ControlWorld({ hello: { readyMs: 800 } })
  await upSample(world, 'samples/oam/greeting')
  expect(world.app('greeting').phase).toBe('runningWorkflow')
  await world.until(() => world.app('greeting').phase === 'running')
  expect(world.component('hello')).toMatchObject({
    type: 'webservice',
    healthy: true,
    message: 'Ready:1/1',
    traits: [
      { type: 'gateway', healthy: true, simulated: true },
      { type: 'labels', healthy: true, simulated: true },
    ],
  })
  expect(world.component('hello').endpoints.map(({ ref, url, inner }) => `${ref} ${url} ${inner}`)).toEqual([
    'Ingress/default/hello http://greeting.example.com:8080 false',
    'Component/default/hello http://hello.greeting.localhost:8080 false',
    'Service/default/hello hello.default:80 true',
  ])
  for (const host of ['greeting.example.com', 'hello.greeting.localhost'])
    expect(await world.engine.request('test', { host, path: '/a' })).toMatchObject({ status: 200 })
  expect(await world.engine.request('test', { host: 'other.example.com', path: '/' })).toMatchObject({ status: 404 })
})

test('a request that comes while the only replica starts must be held and answered', async () => {
  await using world = new ControlWorld({ hello: { startMs: 300, readyMs: 2000 } })
  await upSample(world, 'samples/oam/greeting')
  await world.until(() => world.component('hello').replicas.length > 0)
  const answer = world.engine.request('test', { host: 'greeting.example.com', path: '/' })
  await world.clock.advance(5000)
  const { status, waitedMs } = await answer
  expect(status).toBe(200)
  expect(waitedMs).toBeGreaterThanOrEqual(2000)
})

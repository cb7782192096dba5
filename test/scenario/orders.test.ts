import { expect, test } from '@jest/globals'
import type { Start } from '../../src/simulate/scenario.ts'
import { ControlWorld } from '../kit/control-world.ts'
import { upSample } from '../kit/sample-files.ts'

test('a sidecar is part of its replica: ready together, counted once, one trait in status', async () => {
  await using world = new ControlWorld({
    frontend: ({ container }: Start) => (container === 'count-log' ? { startMs: 1500 } : { readyMs: 200 }),
  })
  await upSample(world, 'samples/oam/orders')
  await world.clock.advance(1000)
  expect(world.component('frontend')).toMatchObject({ healthy: false, message: 'Ready:0/2' })
  await world.until(() => world.app('orders').phase === 'running')
  expect(world.component('frontend')).toMatchObject({ healthy: true, message: 'Ready:2/2', desired: 2 })
  expect(world.component('frontend').traits.map(({ type }) => type)).toEqual(['sidecar', 'scaler'])
  const containers = world.component('frontend').replicas.map((replica) => replica.containers.map(({ name, role }) => `${name} ${role}`))
  expect(containers).toEqual([
    ['frontend app', 'count-log sidecar'],
    ['frontend app', 'count-log sidecar'],
  ])
})

test('a sidecar that crashes must be restarted without its application', async () => {
  let crashes = 0
  const sidecar = () => (crashes++ < 2 ? { exits: { afterMs: 4000, code: 3 } } : {})
  await using world = new ControlWorld({ frontend: ({ container }: Start) => (container === 'count-log' ? sidecar() : {}) })
  await upSample(world, 'samples/oam/orders')
  await world.until(() => world.app('orders').phase === 'running')
  const before = world.replicas('frontend')
  await world.clock.advance(60_000)
  const containers = world.component('frontend').replicas.flatMap((replica) => replica.containers)
  expect(containers.filter(({ name }) => name === 'count-log').map(({ restarts, state }) => `${restarts} ${state}`)).toEqual([
    '1 running',
    '1 running',
  ])
  expect(containers.filter(({ name }) => name === 'frontend').map(({ restarts }) => restarts)).toEqual([0, 0])
  expect(world.replicas('frontend')).toEqual(before)
  expect(world.component('frontend').healthy).toBe(true)
})

test('a worker has no name on the network and no endpoint, and is healthy while it runs', async () => {
  await using world = new ControlWorld()
  await upSample(world, 'samples/oam/orders')
  await world.until(() => world.app('orders').phase === 'running')
  expect(world.component('clerk')).toMatchObject({ type: 'worker', healthy: true, message: 'Ready:1/1', endpoints: [] })
  expect(await world.engine.request('test', { host: 'clerk.orders.localhost', path: '/' })).toMatchObject({ status: 404 })
})

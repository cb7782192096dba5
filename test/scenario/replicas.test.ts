import { expect, test } from '@jest/globals'
import type { Start } from '../../src/simulate/scenario.ts'
import { ControlWorld } from '../kit/control-world.ts'
import { application, webservice } from '../kit/oam-text.ts'

const text = (image: string, replicas = 2) =>
  application({ components: [webservice('web', image, `traits: [{ type: scaler, properties: { replicas: ${replicas} } }]`)] })
const ask = (world: ControlWorld) => world.engine.request('test', { host: 'web.shop.localhost', path: '/' })

test('a new version that keeps crashing must never take the place of the old one', async () => {
  let first: string | undefined
  await using world = new ControlWorld({
    web: ({ revision }: Start) => {
      first ??= revision
      return revision === first ? { readyMs: 100 } : { readyMs: 5000, exits: { afterMs: 300, code: 1 } }
    },
  })
  await world.up(text('web:1'))
  await world.until(() => world.app().phase === 'running')
  const old = world.replicas('web')
  await world.up(text('web:2'))
  for (let minute = 0; minute < 30; minute++) {
    await world.clock.advance(60_000)
    expect(await ask(world)).toMatchObject({ status: 200 })
  }
  expect(world.replicas('web')).toEqual(expect.arrayContaining([...old]))
  expect(world.component('web')).toMatchObject({ healthy: false })
  expect(world.app().phase).toBe('runningWorkflow')
  expect(world.component('web').holds.map(({ reason }) => reason)).toContain('crash-backoff')
  await world.up(text('web:1'))
  await world.until(() => world.app().phase === 'running' && world.component('web').healthy)
  expect(world.replicas('web')).toEqual(old)
})

test('a fixed version must replace a crashing first one at once', async () => {
  let first: string | undefined
  await using world = new ControlWorld({
    web: ({ revision }: Start) => {
      first ??= revision
      return revision === first ? { exits: { afterMs: 50, code: 1 } } : {}
    },
  })
  await world.up(text('web:1'))
  await world.clock.advance(900_000)
  expect(world.app().phase).not.toBe('running')
  await world.up(text('web:2'))
  await world.until(() => world.app().phase === 'running', 30_000)
})

test('a component scaled to zero must be healthy, refuse with a reason, and answer again at three', async () => {
  await using world = new ControlWorld({ web: { readyMs: 200 } })
  const environment = await world.up(text('web:1'))
  await world.until(() => world.app().phase === 'running')
  await environment.command({ do: 'scale', replicas: { web: 0 } })
  await world.until(() => world.component('web').replicas.length === 0)
  expect(world.component('web')).toMatchObject({ healthy: true, desired: 0, message: 'Ready:0/0' })
  const refused = await ask(world)
  expect(refused).toMatchObject({ status: 503, detail: expect.stringContaining('web') })
  await environment.command({ do: 'scale', replicas: { web: 3 } })
  await world.until(() => world.component('web').ready === 3)
  expect(world.component('web')).toMatchObject({ healthy: true, message: 'Ready:3/3' })
  expect(await ask(world)).toMatchObject({ status: 200 })
})

test('scaling must not restart what runs already', async () => {
  await using world = new ControlWorld()
  const environment = await world.up(text('web:1'))
  await world.until(() => world.app().phase === 'running')
  const before = world.replicas('web')
  await environment.command({ do: 'scale', replicas: { web: 3 } })
  await world.until(() => world.component('web').ready === 3)
  expect(world.replicas('web')).toEqual(expect.arrayContaining([...before]))
  await environment.command({ do: 'scale', replicas: { web: 2 } })
  await world.until(() => world.component('web').replicas.length === 2 && world.component('web').healthy)
  expect(world.replicas('web')).toEqual(before)
})

test('what was stopped must stay stopped over an edit and a new daemon, until it is started', async () => {
  await using world = new ControlWorld()
  const environment = await world.up(text('web:1'))
  await world.until(() => world.app().phase === 'running')
  await environment.command({ do: 'stop', components: ['web'] })
  await world.until(() => world.component('web').replicas.length === 0)
  await world.up(text('web:2'))
  await world.clock.advance(60_000)
  await world.restartDaemon()
  await world.clock.advance(60_000)
  expect(world.component('web').replicas).toEqual([])
  await world.environment.command({ do: 'start', components: ['web'] })
  await world.until(() => world.component('web').ready === 2)
  expect(world.component('web').image).toBe('web:2')
})

test('every request during a rolling change must be answered', async () => {
  await using world = new ControlWorld({ web: { startMs: 100, readyMs: 400, responseMs: 150, stopMs: 50 } })
  await world.up(text('web:1'))
  await world.until(() => world.app().phase === 'running')
  const answers: Promise<{ readonly status: number }>[] = []
  await world.up(text('web:2'))
  for (let turn = 0; turn < 200; turn++) {
    answers.push(ask(world))
    await world.clock.advance(50)
  }
  await world.clock.advance(1000)
  expect(new Set((await Promise.all(answers)).map(({ status }) => status))).toEqual(new Set([200]))
  expect(world.component('web')).toMatchObject({ healthy: true, image: 'web:2' })
})

// A new daemon knows no probe result yet: were all replicas not ready to it, the old ones would be removed at once.
test('a daemon that takes over in a rolling update must keep what serves until its successor is ready', async () => {
  await using world = new ControlWorld({ web: { readyMs: 2000 } })
  await world.up(text('web:1', 3))
  await world.until(() => world.app().phase === 'running')
  const old = world.replicas('web')
  await world.up(text('web:2', 3))
  await world.until(() => world.component('web').replicas.length === 4)
  await world.restartDaemon()
  for (let step = 0; step < 15; step++) {
    await world.clock.advance(100)
    expect(world.replicas('web')).toEqual(expect.arrayContaining([...old]))
    expect(await ask(world)).toMatchObject({ status: 200 })
  }
  await world.until(() => world.app().phase === 'running' && world.component('web').healthy)
  expect(world.replicas('web').filter((replica) => old.includes(replica))).toEqual([])
  expect(world.replicas('web')).toHaveLength(3)
})

import { expect, test } from '@jest/globals'
import { ControlWorld } from '../kit/control-world.ts'
import { upSample } from '../kit/sample-files.ts'

const done = (afterMs: number) => ({ exits: { afterMs, code: 0 } })
const phases = (world: ControlWorld) => world.app('notes').workflow.steps.map(({ name, phase }) => `${name} ${phase}`)

test('each task must be over before what depends on it is started', async () => {
  await using world = new ControlWorld({ 'create-schema': done(3000), 'import-notes': done(2000), notes: { readyMs: 500 } })
  await upSample(world, 'samples/oam/notes')
  await world.clock.advance(2900)
  expect(world.component('create-schema')).toMatchObject({ healthy: false, message: 'Active/Failed/Succeeded:1/0/0' })
  expect(phases(world)).toEqual(['create-schema running', 'import-notes pending', 'notes pending'])
  expect(world.component('import-notes')).toMatchObject({ applied: false, replicas: [], message: 'not applied yet' })
  await world.until(() => world.component('create-schema').healthy && world.component('import-notes').replicas.length === 1)
  expect(phases(world)).toEqual(['create-schema succeeded', 'import-notes running', 'notes pending'])
  await world.until(() => world.app('notes').phase === 'running')
  expect(phases(world)).toEqual(['create-schema succeeded', 'import-notes succeeded', 'notes succeeded'])
  expect(world.component('import-notes').message).toBe('Active/Failed/Succeeded:0/0/1')
})

test('what has run to its end must not run again when the same model is applied', async () => {
  await using world = new ControlWorld({ 'create-schema': done(10), 'import-notes': done(10) })
  await upSample(world, 'samples/oam/notes')
  await world.until(() => world.app('notes').phase === 'running')
  const before = ['create-schema', 'import-notes', 'notes'].map((name) => world.replicas(name))
  await upSample(world, 'samples/oam/notes')
  await world.clock.advance(60_000)
  expect(['create-schema', 'import-notes', 'notes'].map((name) => world.replicas(name))).toEqual(before)
})

test('a task that fails once must be tried again, and what depends on it comes up then', async () => {
  let tries = 0
  await using world = new ControlWorld({
    'create-schema': () => ({ exits: { afterMs: 100, code: tries++ === 0 ? 1 : 0 } }),
    'import-notes': done(10),
  })
  await upSample(world, 'samples/oam/notes')
  await world.until(() => world.app('notes').phase === 'running', 120_000)
  expect(tries).toBe(2)
})

test('a task that keeps failing must be given up at its back-off limit and be said in status', async () => {
  let tries = 0
  await using world = new ControlWorld({
    'create-schema': () => {
      tries++
      return { exits: { afterMs: 100, code: 1 } }
    },
  })
  await upSample(world, 'samples/oam/notes')
  await world.clock.advance(3_600_000)
  // Source: Kubernetes, backoffLimit 6: the first try and six more.
  expect(tries).toBe(7)
  expect(world.app('notes')).toMatchObject({ phase: 'runningWorkflow', healthy: false })
  expect(world.component('create-schema')).toMatchObject({
    healthy: false,
    message: expect.stringMatching(/^Active\/Failed\/Succeeded:0\/[1-7]\/0$/),
  })
  expect(world.component('create-schema').holds).toMatchObject([{ reason: 'failed' }])
  expect(phases(world)).toEqual(['create-schema running', 'import-notes pending', 'notes pending'])
  await world.clock.advance(3_600_000)
  expect(tries).toBe(7)
})

import { expect, test } from '@jest/globals'
import { ControlWorld } from '../kit/control-world.ts'
import { applicationWithJob } from '../kit/scaled-job.ts'

const METER = 'batch/s0-redis-work'

test('a queue that is read and worked off brings jobs and none too many', async () => {
  let queue = 0
  const behaviour = { exits: { afterMs: 12_000, code: 0 } }
  // Whoever starts takes a message, so that the queue holds what nobody has taken.
  await using world = new ControlWorld({
    batch: () => {
      queue--
      return behaviour
    },
  })
  world.engine.meters.setReading(METER, () => queue)
  await world.up(applicationWithJob({ spec: { scalingStrategy: { strategy: 'accurate' }, maxReplicaCount: 4 } }))
  await world.clock.advance(15_000)
  expect(world.environment.scale('batch').jobs?.running).toBe(0)
  queue = 10
  await world.clock.advance(10_000)
  expect(world.environment.scale('batch').jobs).toMatchObject({ running: 4 })
  await world.until(() => world.environment.scale('batch').jobs?.complete === 10)
  await world.clock.advance(60_000)
  expect(world.environment.scale('batch')).toMatchObject({
    jobs: { running: 0, complete: 10, failed: 0 },
    triggers: [{ value: 0, active: false, from: 'meter' }],
  })
})

test('a queue that cannot be read brings no job, and says why', async () => {
  await using world = new ControlWorld({})
  world.engine.meters.setReading(METER, { error: 'connection refused' })
  await world.up(applicationWithJob())
  await world.clock.advance(30_000)
  const { jobs, triggers, conditions } = world.environment.scale('batch')
  expect(jobs?.running).toBe(0)
  expect(triggers[0]?.error).toContain('connection refused')
  expect(conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'False', reason: 'TriggerError' }))
})

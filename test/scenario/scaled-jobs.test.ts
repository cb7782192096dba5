import { describe, expect, test } from '@jest/globals'
import type { Behaviour } from '../../src/simulate/scenario.ts'
import { ControlWorld } from '../kit/control-world.ts'
import { applicationWithJob, byHand, type ScaledJobText } from '../kit/scaled-job.ts'

/** A world in which the job was declared and its queue is set. */
async function begin(written: ScaledJobText, queue: number | undefined, behaviour: Behaviour = {}): Promise<ControlWorld> {
  const world = new ControlWorld(behaviour)
  await world.up(applicationWithJob(written))
  if (queue !== undefined) await setQueue(world, queue)
  return world
}

async function setQueue(world: ControlWorld, value: number, trigger = '0'): Promise<void> {
  await world.environment.command({ do: 'metric', component: 'batch', trigger, value })
}

const jobs = (world: ControlWorld) => world.environment.scale('batch').jobs
const POLL = 10_000

describe('a ScaledJob', () => {
  test('creates a job for each message, which runs once and is kept as a record', async () => {
    await using world = await begin({}, 3, { batch: { exits: { afterMs: 4000, code: 0 } } })
    await world.until(() => jobs(world)?.running === 3)
    expect(world.component('batch')).toMatchObject({ kind: 'Job', desired: 3, healthy: true })
    await setQueue(world, 0)
    await world.until(() => jobs(world)?.complete === 3)
    await world.clock.advance(10 * POLL)
    expect(jobs(world)).toEqual({ running: 0, pending: 0, complete: 3, failed: 0, strategy: 'default' })
    expect(world.replicas('batch')).toHaveLength(3)
    expect(world.events('step.started').filter(({ action, group }) => action === 'startReplica' && group === 'batch')).toHaveLength(3)
    expect(world.events('scale.decided').map(({ from, to }) => `${from} -> ${to}`)).toEqual(['0 -> 3'])
  })
})

/** How many jobs there are after each of the first polls, where no job ever ends. */
async function growth(written: ScaledJobText, queue: number, polls: number): Promise<readonly (number | undefined)[]> {
  await using world = await begin(written, queue)
  const sizes: (number | undefined)[] = []
  for (let poll = 0; poll < polls; poll++) {
    await world.clock.advance(POLL)
    sizes.push(jobs(world)?.running)
  }
  return sizes
}

describe('how many jobs each poll creates, while those that were created go on', () => {
  const strategy = (scalingStrategy: unknown, more: Readonly<Record<string, unknown>> = {}): ScaledJobText => ({
    spec: { scalingStrategy, ...more },
  })

  test.each<readonly [string, ScaledJobText, number, readonly number[]]>([
    // 5 for the queue, less the 5 that run.
    ['default', {}, 5, [5, 5, 5]],
    ['default at a target of 2, rounded up', { triggers: [byHand('2')] }, 5, [3, 3]],
    ['default at its maximum', { spec: { maxReplicaCount: 4 } }, 9, [4, 4]],
    // The queue holds what nobody has taken: 5 more each time, up to the maximum.
    ['accurate', strategy({ strategy: 'accurate' }, { maxReplicaCount: 12 }), 5, [5, 10, 12, 12]],
    // 10 - 1 - 0, then 10 - 1 - trunc(9 * 0.5), then 10 - 1 - trunc(14 * 0.5), then 10 - 1 - trunc(16 * 0.5).
    [
      'custom',
      strategy({ strategy: 'custom', customScalingQueueLengthDeduction: 1, customScalingRunningJobPercentage: '0.5' }),
      10,
      [9, 14, 16, 17],
    ],
    // As many as the queue has, while there is room.
    ['eager', strategy({ strategy: 'eager' }, { maxReplicaCount: 10 }), 4, [4, 8, 10, 10]],
    ['nothing in the queue but a minimum', { spec: { minReplicaCount: 2 } }, 0, [2, 2]],
    // The first poll, before the queue is known, creates the 2 that always run; 3 are wanted on top of them.
    ['a minimum beside a queue', { spec: { minReplicaCount: 2, maxReplicaCount: 6 } }, 3, [5, 5]],
    // Pending as long as the condition is not met: accurate then takes them off.
    ['pending pods', strategy({ strategy: 'accurate', pendingPodConditions: ['example.com/warm'] }), 5, [5, 5]],
  ])('%s', async (_, written, queue, sizes) => {
    expect(await growth(written, queue, sizes.length)).toEqual(sizes)
  })

  test.each([
    ['max', 10],
    ['min', 2],
    ['avg', 6],
    ['sum', 12],
  ])('%s of two triggers', async (multipleScalersCalculation, size) => {
    const triggers = [byHand('1', 'left'), byHand('1', 'right')]
    await using world = await begin({ triggers, spec: { scalingStrategy: { multipleScalersCalculation } } }, undefined)
    await setQueue(world, 10, 'left')
    await setQueue(world, 2, 'right')
    await world.clock.advance(POLL)
    expect(jobs(world)?.running).toBe(size)
  })
})

describe('what becomes of jobs', () => {
  test('one that fails is tried again up to its limit, then it has failed and stays so', async () => {
    const job = { backoffLimit: 2 }
    await using world = await begin({ job, spec: { maxReplicaCount: 1 } }, 1, { batch: { exits: { afterMs: 100, code: 3 } } })
    await world.until(() => jobs(world)?.running === 1)
    await setQueue(world, 0)
    await world.until(() => jobs(world)?.failed === 1)
    await world.clock.advance(600_000)
    expect(world.replicas('batch').map((id) => id.replace(/^.*\./, ''))).toEqual(['0', '1', '2'])
    expect(world.component('batch')).toMatchObject({ healthy: true, message: 'Jobs: 0 unfinished, 0 complete, 1 failed' })
  })

  test('finished ones go by the history limits, the oldest first, complete and failed ones apart', async () => {
    const spec = { successfulJobsHistoryLimit: 2, failedJobsHistoryLimit: 1, maxReplicaCount: 1 }
    const code = ({ ordinal }: { readonly ordinal: number }): number => (Math.floor(ordinal / 1000) % 2 === 0 ? 0 : 1)
    await using world = await begin({ job: { backoffLimit: 0 }, spec }, 1, {
      batch: (start) => ({ exits: { afterMs: 2000, code: code(start) } }),
    })
    await world.clock.advance(8 * POLL)
    await setQueue(world, 0)
    await world.clock.advance(3 * POLL)
    expect(jobs(world)).toMatchObject({ running: 0, complete: 2, failed: 1 })
    // Eight were created: 0, 2, 4, 6 completed and 1, 3, 5, 7 failed.
    expect(
      world
        .replicas('batch')
        .map((id) => Number(id.replace(/^.*\./, '')))
        .sort(),
    ).toEqual([4000, 6000, 7000])
  })

  test('a pause creates nothing and removes nothing, a resume goes on', async () => {
    await using world = await begin({ spec: { successfulJobsHistoryLimit: 0 } }, 2, { batch: { exits: { afterMs: 2000, code: 0 } } })
    await world.until(() => jobs(world)?.running === 2)
    await world.environment.command({ do: 'pause', components: ['batch'] })
    await world.clock.advance(5 * POLL)
    expect(jobs(world)).toMatchObject({ running: 0, complete: 2 })
    expect(world.environment.scale('batch')).toMatchObject({
      annotations: [{ name: 'autoscaling.keda.sh/paused', value: 'true', byHand: true }],
      conditions: [{ type: 'Paused', status: 'True', reason: 'ScaledJobPaused' }],
    })
    expect(world.component('batch').scaling?.paused).toBe('as it is')
    await world.environment.command({ do: 'resume', components: ['batch'] })
    await world.until(() => jobs(world)?.running === 2)
  })

  test('the annotation of the document pauses as well', async () => {
    await using world = await begin({ metadata: { annotations: { 'autoscaling.keda.sh/paused': 'true' } } }, 2)
    await world.clock.advance(3 * POLL)
    expect(jobs(world)?.running).toBe(0)
  })

  test.each([
    ['immediate', undefined, 2],
    ['gradual', { strategy: 'gradual' }, 4],
  ])('a changed spec, rolled out %s', async (_, rollout, unfinished) => {
    const written = (image: string): ScaledJobText => ({
      image,
      spec: { ...(rollout === undefined ? {} : { rollout }), scalingStrategy: { strategy: 'accurate' } },
    })
    await using world = await begin(written('batch:1'), 2)
    await world.until(() => jobs(world)?.running === 2)
    const first = world.replicas('batch')
    await world.up(applicationWithJob(written('batch:2')))
    await world.clock.advance(POLL / 2)
    expect(jobs(world)?.running).toBe(unfinished)
    expect(world.replicas('batch').filter((id) => first.includes(id))).toHaveLength(unfinished - 2)
    const revision = world.component('batch').revision
    expect(world.replicas('batch').filter((id) => id.startsWith(`${revision}.`))).toHaveLength(2)
  })

  test('a daemon that starts over goes on with what runs, and runs nothing twice', async () => {
    const behaviour: Behaviour = { batch: ({ ordinal }) => ({ exits: { afterMs: ordinal < 2000 ? 5000 : 60_000, code: 0 } }) }
    await using world = await begin({ spec: { maxReplicaCount: 3 } }, 3, behaviour)
    await world.until(() => jobs(world)?.running === 3)
    await setQueue(world, 0)
    await world.until(() => jobs(world)?.complete === 2)
    await world.restartDaemon()
    await world.clock.advance(2 * POLL)
    expect(jobs(world)).toMatchObject({ running: 1, complete: 2 })
    expect(world.replicas('batch')).toHaveLength(3)
    await world.until(() => jobs(world)?.complete === 3)
    await world.clock.advance(5 * POLL)
    expect(world.replicas('batch')).toHaveLength(3)
  })

  test('down takes all of them, and leaves nothing', async () => {
    await using world = await begin({}, 3, { batch: ({ ordinal }) => ({ exits: { afterMs: ordinal < 1000 ? 1000 : 900_000, code: 0 } }) })
    await world.until(() => jobs(world)?.complete === 1)
    await world.environment.down({ applications: [], volumes: false, images: 'none' })
    await world.until(() => world.environments.idle())
    expect(world.store.documents.size).toBe(0)
    expect(await world.engine.environments(new AbortController().signal)).toEqual([])
  })

  test('a document that is gone takes its jobs with it, and one that comes again begins anew', async () => {
    const text = applicationWithJob()
    await using world = await begin({}, 2)
    await world.until(() => jobs(world)?.running === 2 && jobs(world)?.pending === 0)
    await world.up(text.slice(0, text.indexOf('---')))
    await world.until(() => world.app().components.every(({ name }) => name !== 'batch'))
    await world.until(() => world.app().phase === 'running')
    const removed = world.events('step.done').filter(({ action, group }) => action === 'removeReplica' && group === 'batch')
    expect(removed).toHaveLength(2)
    await world.up(text)
    await world.until(() => jobs(world)?.running === 2 && jobs(world)?.pending === 0)
    expect(world.replicas('batch').map((id) => id.replace(/^.*\./, ''))).toEqual(['0', '1000'])
  })

  test('stopping it ends what runs, and starting it runs that again', async () => {
    await using world = await begin({}, 2)
    await world.until(() => jobs(world)?.running === 2 && jobs(world)?.pending === 0)
    await world.environment.command({ do: 'stop', components: ['batch'] })
    await world.until(() => world.replicas('batch').length === 0)
    await world.environment.command({ do: 'start', components: ['batch'] })
    await world.until(() => world.replicas('batch').length === 2)
    expect(jobs(world)?.running).toBe(2)
  })
})

describe('what is said of a ScaledJob', () => {
  test('its last decisions with queue, strategy and what comes next', async () => {
    await using world = await begin({}, 4)
    await world.until(() => jobs(world)?.running === 4)
    const view = world.environment.scale('batch')
    expect(view).toMatchObject({
      name: 'batch',
      by: 'keda',
      min: 0,
      max: 100,
      replicas: 4,
      triggers: [{ value: 4, active: true, byHand: true }],
    })
    expect(view.next.pollAt).toBeGreaterThan(view.now)
    const because = view.decisions.find(({ to }) => to === 4)?.trail.map((entry) => entry.because) ?? []
    expect(because.join('\n')).toContain('s0-redis-work reads 4 at 1 per job: 4 jobs')
    expect(because.join('\n')).toContain(
      'strategy default allows 4 of 4 jobs (0 running, 0 pending, at most 100) for a queue of 4; 4 jobs to create',
    )
  })

  test('a trigger that cannot be read creates nothing and says so', async () => {
    await using world = await begin({}, undefined)
    await world.clock.advance(2 * POLL)
    expect(world.environment.scale('batch').conditions).toContainEqual(
      expect.objectContaining({ type: 'Ready', status: 'False', reason: 'TriggerError' }),
    )
    expect(jobs(world)?.running).toBe(0)
  })

  test('it has no number of replicas to set', async () => {
    await using world = await begin({}, 1)
    const refused = (command: Parameters<typeof world.environment.command>[0]) =>
      expect(world.environment.command(command)).rejects.toMatchObject({ error: { code: 'MP8012' } })
    await refused({ do: 'scale', replicas: { batch: 3 } })
    await refused({ do: 'pause', components: ['batch'], replicas: 3 })
  })
})

import { describe, expect, test } from '@jest/globals'
import { instant } from '../../../../src/kernel/instant.ts'
import { aComponent, aContainer, aReplica, aReplicaId, aRevision, aStray, key } from '../../../kit/builders.ts'
import { aFailure, planFor, planText, stepKeys, wanted } from '../../../kit/planning.ts'

const web = aRevision(aComponent('web'), '7f3')
const db = aRevision(aComponent('db'), '1c9')
const needy = aRevision(aComponent('web').needs('db'), '7f3')

describe('an environment', () => {
  test('plans its components in order of their keys, one network for all', () => {
    expect(planText({ wanted: [wanted(web), wanted(db)], networkReady: false, observed: { networks: [] } })).toBe(`
#1 network shop                  network missing
#2 start   db--1c9.0   after #1  missing replica  [db]
#3 ready   db--1c9.0   after #2  new replica      [db]
#4 start   web--7f3.0  after #1  missing replica  [web]
#5 ready   web--7f3.0  after #4  new replica      [web]
`)
  })

  test('in which nothing is wanted any more loses its replicas, then its network', () => {
    const replicas = [aReplica('web', '7f3'), aReplica('db', '1c9').exited(0)]
    expect(planText({ wanted: [], replicas })).toBe(`
#1 remove         db--1c9.0                component removed  [db]
#2 drain          web--7f3.0               component removed  [web]
#3 remove         web--7f3.0  after #2     component removed  [web]
#4 remove-network shop        after #1 #3  nothing left
`)
  })

  test('keeps its network while something is still being started', () => {
    expect(planFor({ wanted: [], inFlight: stepKeys('startReplica web--7f3.0 token 0') })).toEqual({ steps: [], holds: [] })
  })

  test('without anything plans nothing', () => {
    expect(planFor({ wanted: [], networkReady: false, observed: { networks: [] } })).toEqual({ steps: [], holds: [] })
  })

  test('loses a component that is no longer declared', () => {
    expect(planText({ wanted: [wanted(web)], replicas: [aReplica('web', '7f3'), aReplica('old', '111')] })).toBe(`
#1 drain  old--111.0            component removed  [old]
#2 remove old--111.0  after #1  component removed  [old]
`)
  })

  test('ends a replica with the grace of its own revision', () => {
    const old = aRevision(aComponent('web').grace(5000), '2aa')
    const revisions = new Map([[old.id, old]])
    const graces = (situation: Parameters<typeof planFor>[0]) =>
      planFor(situation).steps.flatMap(({ action }) => (action.do === 'removeReplica' ? [action.graceMs] : []))
    expect(graces({ wanted: [], replicas: [aReplica('web', '2aa')], revisions })).toEqual([5000])
    expect(graces({ wanted: [], replicas: [aReplica('web', '2aa')] })).toEqual([30_000])
  })

  test('whose engine is away has one hold and no steps', () => {
    const engine = { state: 'unhealthy', detail: 'connection refused', attributes: {} } as const
    expect(planFor({ wanted: [wanted(web)], now: instant(1000), observed: { engine } })).toEqual({
      steps: [],
      holds: [{ subject: 'shop', reason: 'engine-down', on: ['connection refused'], until: 6000 }],
      wakeAt: 6000,
    })
  })

  test('removes only strays that carry our label and whose owner is dead', () => {
    const strays = [aStray('a', 'old-instance'), aStray('b', 'unknown-app'), aStray('c', 'bad-labels')]
    expect(planText({ wanted: [wanted(web)], replicas: [aReplica('web', '7f3')], observed: { strays } })).toBe(`
#1 remove-stray a  left by a daemon that is gone
`)
  })
})

describe('needs', () => {
  const job = aRevision(aComponent('db').runsOnce({ completions: 2, parallelism: 2 }), '1c9')

  test('hold a first start and say what is missing', () => {
    expect(planText({ wanted: [wanted(needy), wanted(db)], replicas: [aReplica('db', '1c9')], ready: [] })).toBe(`
#1 ready db--1c9.0  not ready  [db]
hold web: needs db ready
`)
  })

  test.each([
    { name: 'ready', until: 'ready', of: db, replicas: [aReplica('db', '1c9')], met: true },
    { name: 'ready in another revision only', until: 'ready', of: db, replicas: [aReplica('db', '000')], met: false },
    { name: 'started', until: 'started', of: db, replicas: [aReplica('db', '1c9').beside('log').exited(1, 0, 9)], met: true },
    { name: 'not started', until: 'started', of: db, replicas: [], met: false },
    { name: 'partly complete', until: 'completed', of: job, replicas: [aReplica('db', '1c9').exited(0)], met: false },
    {
      name: 'complete',
      until: 'completed',
      of: job,
      replicas: [0, 1].map((ordinal) => aReplica('db', '1c9', ordinal).exited(0)),
      met: true,
    },
    {
      name: 'failed',
      until: 'completed',
      of: job,
      replicas: [0, 1].map((ordinal) => aReplica('db', '1c9', ordinal).exited(1)),
      met: false,
    },
  ] as const)('on a component that is $name: $met', ({ until, of, replicas, met }) => {
    const revision = aRevision(aComponent('web').needs('db', until), '7f3')
    const plan = planFor({ wanted: [wanted(revision), wanted(of)], replicas })
    expect(plan.steps.some(({ action }) => action.do === 'startReplica' && action.replica === aReplicaId('web', '7f3'))).toBe(met)
  })

  test('on something that was not applied yet hold', () => {
    expect(planText({ wanted: [wanted(needy)] })).toBe(`
hold web: needs db ready
`)
  })

  test('on something that is stopped are met', () => {
    expect(planFor({ wanted: [wanted(needy), wanted(db, 0)] }).holds).toEqual([])
  })

  test('do not hold what has started before', () => {
    expect(
      planText({ wanted: [wanted(needy), wanted(db)], replicas: [aReplica('web', '2aa')], ready: [], paused: new Set([key('db')]) }),
    ).toBe(`
#1 start  web--7f3.1            revision changed        [web]
#2 ready  web--7f3.1  after #1  new replica             [web]
#3 drain  web--2aa.0            superseded by web--7f3  [web]
#4 remove web--2aa.0  after #3  superseded by web--7f3  [web]
hold db: paused
`)
  })
})

describe('around replicas', () => {
  const full = aRevision(
    aComponent('web')
      .image('shop/web:2')
      .initially(aContainer('wait', { image: { from: 'registry', ref: 'busybox' } }))
      .mounts('data'),
    '7f3',
  )
  const images = { runs: 'images', sandboxes: true, images: true } as const

  test('volumes, images and sandbox come before the start, once each', () => {
    expect(planText({ wanted: [wanted(full, 2)], capabilities: images })).toBe(`
#1 volume  data                           volume missing
#2 pull    busybox                        image missing
#3 pull    shop/web:2                     image missing
#4 sandbox web/0                          sandbox missing  [web]
#5 start   web--7f3.0  after #1 #2 #3 #4  missing replica  [web]
#6 ready   web--7f3.0  after #5           new replica      [web]
#7 sandbox web/1                          sandbox missing  [web]
#8 start   web--7f3.1  after #1 #2 #3 #7  missing replica  [web]
#9 ready   web--7f3.1  after #8           new replica      [web]
`)
  })

  test('what sleeps has all that its first replica would wait for, and what has no replicas otherwise has nothing', () => {
    const trigger = {
      name: 's0-http',
      named: false,
      type: 'http',
      metadata: {},
      metricType: 'AverageValue',
      target: 10,
      activation: 0,
      useCachedMetrics: false,
      from: { by: 'edge', metric: 'concurrency', windowMs: 60_000, average: false },
      auth: {},
      origin: full.spec.origin,
    } as const
    const asleep = { ...full, spec: { ...full.spec, scale: { ...full.spec.scale, min: 0, triggers: [trigger] } } }
    expect(planText({ wanted: [wanted(asleep, 0)], capabilities: images })).toBe(`
#1 volume  data        volume missing
#2 pull    busybox     image missing
#3 pull    shop/web:2  image missing
#4 sandbox web/0       sandbox missing  [web]
`)
    expect(planFor({ wanted: [wanted(full, 0)], capabilities: images }).steps).toEqual([])
  })

  test('what is there is not made again', () => {
    const here = ['docker.io/library/busybox:latest', 'docker.io/shop/web:2'].map((name) => ({ name, id: `id of ${name}` }))
    const observed = { volumes: ['data'], images: here, sandboxes: [{ component: key('web'), ordinal: 0 }] }
    expect(planText({ wanted: [wanted(full)], capabilities: images, observed })).toBe(`
#1 start web--7f3.0            missing replica  [web]
#2 ready web--7f3.0  after #1  new replica      [web]
`)
  })

  test('an image with a build is built', () => {
    const image = { from: 'build', context: '/src/web', args: {}, ref: 'shop/web:dev' } as const
    const built = aRevision(aComponent('web').container({ image }), '7f3')
    expect(planFor({ wanted: [wanted(built)], capabilities: images }).steps[0]?.action).toEqual({
      do: 'buildImage',
      ref: 'shop/web:dev',
      context: '/src/web',
    })
  })

  test('an image that must not be pulled holds its component', () => {
    const never = aRevision(aComponent('web').container({ pull: 'never' }), '7f3')
    expect(planText({ wanted: [wanted(never)], capabilities: { ...images, sandboxes: false } })).toBe(`
hold web: image image web:1 is not here and its pull policy is "never"
`)
  })

  test('sandboxes of a removed component go after their replica', () => {
    const sandboxes = [{ component: key('web'), ordinal: 0 }]
    const stays = { wanted: [wanted(aRevision(aComponent('db'), '1ab'))], capabilities: images }
    expect(planText({ ...stays, replicas: [aReplica('web', '7f3'), aReplica('db', '1ab')], observed: { sandboxes } })).toBe(`
#1 drain          web--7f3.0            component removed  [web]
#2 remove         web--7f3.0  after #1  component removed  [web]
#3 remove-sandbox web/0       after #2  component removed  [web]
`)
  })

  test('sandboxes are made while the edge is', () => {
    const fresh = {
      wanted: [wanted(aRevision(aComponent('web'), '7f3'))],
      capabilities: images,
      networkReady: false,
      observed: { networks: [] },
    }
    expect(planText(fresh)).toBe(`
#1 network shop                        network missing
#2 pull    web:1                       image missing
#3 sandbox web/0                       sandbox missing  [web]
#4 start   web--7f3.0  after #1 #2 #3  missing replica  [web]
#5 ready   web--7f3.0  after #4        new replica      [web]
`)
  })

  test('when nothing stays, sandboxes go with their network', () => {
    const sandboxes = [{ component: key('web'), ordinal: 0 }]
    expect(planText({ wanted: [], capabilities: images, replicas: [aReplica('web', '7f3')], observed: { sandboxes } })).toBe(`
#1 drain          web--7f3.0            component removed  [web]
#2 remove         web--7f3.0  after #1  component removed  [web]
#3 remove-network shop        after #2  nothing left
`)
  })

  test('an engine of processes needs to know how each container runs, and what runs of an older revision is left alone', () => {
    const { process: _, ...image } = aContainer('web')
    const { process: __, ...side } = aContainer('log')
    const foreign = aRevision(aComponent('web').pod({ containers: [image, side] }), '7f3')
    const capabilities = { runs: 'processes', sandboxes: false, images: false } as const
    expect(planText({ wanted: [wanted(foreign)], replicas: [aReplica('web', '2aa')], capabilities })).toBe(`
hold web: unsupported container "web" has no way to run as a process: set components.web.run (directory and command) in minipaas.yaml, container "log" has no way to run as a process: set components.web.containers.log.run (directory and command) in minipaas.yaml
`)
    expect(planFor({ wanted: [wanted(foreign, 0)], replicas: [aReplica('web', '2aa')], capabilities }).holds).toEqual([])
  })
})

describe('a step that failed', () => {
  const failed = (failure: Parameters<typeof aFailure>[0]) =>
    new Map([...stepKeys('startReplica web--7f3.0 token 0')].map((step) => [step, aFailure(failure)]))

  test.each([
    { count: 1, waitMs: 1000 },
    { count: 2, waitMs: 2000 },
    { count: 5, waitMs: 16_000 },
    { count: 7, waitMs: 60_000 },
    { count: 99, waitMs: 60_000 },
  ])('for the $count. time is held for $waitMs ms, with all that needs it', ({ count, waitMs }) => {
    const failures = failed({ count, lastAt: instant(500) })
    const held = planFor({ wanted: [wanted(web)], failures, now: instant(499 + waitMs) })
    expect(held).toEqual({
      steps: [],
      holds: [
        { subject: 'web', reason: 'crash-backoff', on: ['start web--7f3.0: port taken (MP4001)'], until: 500 + waitMs, failures: count },
      ],
      wakeAt: 500 + waitMs,
    })
    expect(planFor({ wanted: [wanted(web)], failures, now: instant(500 + waitMs) }).steps).toHaveLength(2)
  })

  test('that may be tried again soon waits one second', () => {
    expect(planFor({ wanted: [wanted(web)], failures: failed({ count: 9, retry: 'soon' }) }).wakeAt).toBe(1000)
  })

  test('that can never succeed is held without end, until it is another step', () => {
    const failures = failed({ retry: 'never' })
    expect(planText({ wanted: [wanted(web)], failures, now: instant(1_000_000) })).toBe(`
hold web: failed start web--7f3.0: port taken (MP4001)
`)
    expect(planFor({ wanted: [wanted(web, 1, 1)], failures }).holds).toEqual([])
  })

  test('is not held while it is tried again', () => {
    const inFlight = stepKeys('startReplica web--7f3.0 token 0')
    expect(planFor({ wanted: [wanted(web)], failures: failed({}), inFlight }).holds).toEqual([])
  })

  test('keeps the old replica of an update', () => {
    const failures = new Map([...stepKeys('startReplica web--7f3.1 token 0')].map((step) => [step, aFailure()]))
    expect(planText({ wanted: [wanted(web)], replicas: [aReplica('web', '2aa')], failures })).toBe(`
hold web: crash-backoff start web--7f3.1: port taken (MP4001) until 1970-01-01T00:00:01.000Z
`)
  })

  test('to drain does not keep a replica alive', () => {
    const failures = new Map([...stepKeys('drainReplica web--7f3.0')].map((step) => [step, aFailure()]))
    expect(planText({ wanted: [wanted(web, 0)], replicas: [aReplica('web', '7f3')], failures })).toBe(`
#1 remove web--7f3.0  scale 1 -> 0  [web]
`)
  })

  test('of an image holds each component that needs it', () => {
    const failures = new Map([...stepKeys('pullImage web:1')].map((step) => [step, aFailure()]))
    const capabilities = { runs: 'images', sandboxes: false, images: true } as const
    const other = aRevision(aComponent('api').image('web:1'), '555')
    expect(planText({ wanted: [wanted(web), wanted(other)], failures, capabilities })).toBe(`
hold api: image pull web:1: port taken (MP4001) until 1970-01-01T00:00:01.000Z
hold web: image pull web:1: port taken (MP4001) until 1970-01-01T00:00:01.000Z
`)
  })
})

test('a paused component is left as it is', () => {
  const replicas = [aReplica('web', '2aa'), aReplica('web', '7f3').exited(1)]
  expect(planText({ wanted: [wanted(web, 3)], replicas, paused: new Set([key('web')]) })).toBe(`
hold web: paused
`)
})

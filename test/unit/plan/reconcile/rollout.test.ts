import { describe, expect, test } from '@jest/globals'
import { allowanceOf } from '../../../../src/plan/reconcile/allowance.ts'
import { aComponent, aReplica, aReplicaId, aRevision } from '../../../kit/builders.ts'
import { planFor, planText, stepKeys, wanted } from '../../../kit/planning.ts'

const web = aRevision(aComponent('web'), '7f3')
const replaced = aRevision(aComponent('web').updates({ type: 'replace' }), '7f3')

describe('starting', () => {
  test('a first replica waits for the network', () => {
    expect(planText({ wanted: [wanted(web)], networkReady: false, observed: { networks: [] } })).toBe(`
#1 network shop                  network missing
#2 start   web--7f3.0  after #1  missing replica  [web]
#3 ready   web--7f3.0  after #2  new replica      [web]
`)
  })

  test('a started replica that is not ready is waited for, and a ready one leaves nothing to do', () => {
    expect(planText({ wanted: [wanted(web)], replicas: [aReplica('web', '7f3')], ready: [] })).toBe(`
#1 ready web--7f3.0  not ready  [web]
`)
    expect(planFor({ wanted: [wanted(web)], replicas: [aReplica('web', '7f3')] })).toEqual({ steps: [], holds: [] })
  })

  test('an interrupted start is finished under the same key', () => {
    const interrupted = planFor({ wanted: [wanted(web)], replicas: [aReplica('web', '7f3').starting()], ready: [] })
    const fresh = planFor({ wanted: [wanted(web)] })
    expect(interrupted.steps.map(({ key }) => key)).toEqual(fresh.steps.map(({ key }) => key))
  })

  test('a start under way is kept under its own key, whatever ordinal would be next', () => {
    const inFlight = stepKeys('startReplica web--7f3.4 token 0')
    expect(planText({ wanted: [wanted(web)], inFlight })).toBe(`
#1 start web--7f3.4            being started  [web]
#2 ready web--7f3.4  after #1  new replica    [web]
`)
  })
})

describe('scaling', () => {
  test('up: the lowest free ordinals', () => {
    expect(planText({ wanted: [wanted(web, 4)], replicas: [aReplica('web', '7f3', 1), aReplica('web', '7f3', 3)] })).toBe(`
#1 start web--7f3.0            scale 2 -> 4  [web]
#2 ready web--7f3.0  after #1  new replica   [web]
#3 start web--7f3.2            scale 2 -> 4  [web]
#4 ready web--7f3.2  after #3  new replica   [web]
`)
  })

  test('down: not ready first, then the highest ordinal', () => {
    const replicas = [0, 1, 2, 3].map((ordinal) => aReplica('web', '7f3', ordinal))
    expect(planText({ wanted: [wanted(web, 2)], replicas, ready: [0, 2, 3].map((ordinal) => aReplicaId('web', '7f3', ordinal)) })).toBe(`
#1 drain  web--7f3.1            scale 4 -> 2  [web]
#2 remove web--7f3.1  after #1  scale 4 -> 2  [web]
#3 drain  web--7f3.3            scale 4 -> 2  [web]
#4 remove web--7f3.3  after #3  scale 4 -> 2  [web]
`)
  })

  test('down: a replica that drains already is the one that goes, whatever happens to the others', () => {
    const replicas = [0, 1, 2].map((ordinal) => aReplica('web', '7f3', ordinal))
    const inFlight = stepKeys('drainReplica web--7f3.2')
    expect(planText({ wanted: [wanted(web, 2)], replicas, ready: [aReplicaId('web', '7f3', 0)], inFlight })).toBe(`
#1 ready  web--7f3.1            not ready     [web]
#2 drain  web--7f3.2            scale 3 -> 2  [web]
#3 remove web--7f3.2  after #2  scale 3 -> 2  [web]
`)
  })

  test('to zero: drained, then removed, and the network stays', () => {
    expect(planText({ wanted: [wanted(web, 0)], replicas: [aReplica('web', '7f3')] })).toBe(`
#1 drain  web--7f3.0            scale 1 -> 0  [web]
#2 remove web--7f3.0  after #1  scale 1 -> 0  [web]
`)
  })

  test('a drained replica only has to be removed', () => {
    const drained = new Set([aReplicaId('web', '7f3')])
    expect(planText({ wanted: [wanted(web, 0)], replicas: [aReplica('web', '7f3')], ready: [], drained })).toBe(`
#1 remove web--7f3.0  scale 1 -> 0  [web]
`)
  })
})

describe('rolling update', () => {
  test('one replica: the successor is ready before the old one drains', () => {
    expect(planText({ wanted: [wanted(web)], replicas: [aReplica('web', '2aa')] })).toBe(`
#1 start  web--7f3.1            revision changed        [web]
#2 ready  web--7f3.1  after #1  new replica             [web]
#3 drain  web--2aa.0  after #2  superseded by web--7f3  [web]
#4 remove web--2aa.0  after #3  superseded by web--7f3  [web]
`)
  })

  test('four replicas: one extra, one missing, each further start takes the place of a removal', () => {
    const replicas = [0, 1, 2, 3].map((ordinal) => aReplica('web', '2aa', ordinal))
    expect(planText({ wanted: [wanted(web, 4)], replicas })).toBe(`
#1  start  web--7f3.4             revision changed        [web]
#2  ready  web--7f3.4  after #1   new replica             [web]
#3  drain  web--2aa.3             superseded by web--7f3  [web]
#4  remove web--2aa.3  after #3   superseded by web--7f3  [web]
#5  start  web--7f3.3  after #4   revision changed        [web]
#6  ready  web--7f3.3  after #5   new replica             [web]
#7  drain  web--2aa.2  after #2   superseded by web--7f3  [web]
#8  remove web--2aa.2  after #7   superseded by web--7f3  [web]
#9  start  web--7f3.2  after #8   revision changed        [web]
#10 ready  web--7f3.2  after #9   new replica             [web]
#11 drain  web--2aa.1  after #6   superseded by web--7f3  [web]
#12 remove web--2aa.1  after #11  superseded by web--7f3  [web]
#13 start  web--7f3.1  after #12  revision changed        [web]
#14 ready  web--7f3.1  after #13  new replica             [web]
#15 drain  web--2aa.0  after #10  superseded by web--7f3  [web]
#16 remove web--2aa.0  after #15  superseded by web--7f3  [web]
`)
  })

  test('an old replica that is not ready goes at once', () => {
    expect(planText({ wanted: [wanted(web)], replicas: [aReplica('web', '2aa')], ready: [] })).toBe(`
#1 start  web--7f3.1            revision changed        [web]
#2 ready  web--7f3.1  after #1  new replica             [web]
#3 drain  web--2aa.0            superseded by web--7f3  [web]
#4 remove web--2aa.0  after #3  superseded by web--7f3  [web]
`)
  })

  test('several quick edits: the revision in between is superseded too, and the total stays within the surge', () => {
    const replicas = [aReplica('web', '111', 0), aReplica('web', '222', 1)]
    const ready = [aReplicaId('web', '111', 0)]
    expect(planText({ wanted: [wanted(web)], replicas, ready })).toBe(`
#1 drain  web--222.1            superseded by web--7f3  [web]
#2 remove web--222.1  after #1  superseded by web--7f3  [web]
#3 start  web--7f3.1  after #2  revision changed        [web]
#4 ready  web--7f3.1  after #3  new replica             [web]
#5 drain  web--111.0  after #4  superseded by web--7f3  [web]
#6 remove web--111.0  after #5  superseded by web--7f3  [web]
`)
  })

  test('a start of the revision in between counts while it is under way', () => {
    const inFlight = stepKeys('startReplica web--222.1 token 0')
    expect(planText({ wanted: [wanted(web)], replicas: [aReplica('web', '111')], inFlight })).toBe(`
hold web: capacity web--222.1 to finish its start
`)
  })

  test('a removal under way keeps its place until the replica is gone', () => {
    const inFlight = stepKeys('removeReplica web--111.0')
    const replicas = [aReplica('web', '111', 0), aReplica('web', '111', 1)]
    expect(planText({ wanted: [wanted(web)], replicas, ready: [aReplicaId('web', '111', 1)], inFlight })).toBe(`
#1 remove web--111.0            being removed           [web]
#2 start  web--7f3.0  after #1  revision changed        [web]
#3 ready  web--7f3.0  after #2  new replica             [web]
#4 drain  web--111.1  after #3  superseded by web--7f3  [web]
#5 remove web--111.1  after #4  superseded by web--7f3  [web]
`)
  })

  test('a replica of which nothing is left is replaced', () => {
    expect(planText({ wanted: [wanted(web)], replicas: [aReplica('web', '7f3').with({ phase: 'exited', containers: [] })] })).toBe(`
#1 start  web--7f3.1            missing replica     [web]
#2 ready  web--7f3.1  after #1  new replica         [web]
#3 remove web--7f3.0            nothing left of it  [web]
`)
  })
})

describe('replacing update', () => {
  test('old replicas are gone before new ones start', () => {
    const replicas = [aReplica('web', '2aa', 0), aReplica('web', '2aa', 1)]
    expect(planText({ wanted: [wanted(replaced, 2)], replicas })).toBe(`
#1 drain  web--2aa.1               superseded by web--7f3  [web]
#2 remove web--2aa.1  after #1     superseded by web--7f3  [web]
#3 drain  web--2aa.0               superseded by web--7f3  [web]
#4 remove web--2aa.0  after #3     superseded by web--7f3  [web]
#5 start  web--7f3.2  after #2 #4  revision changed        [web]
#6 ready  web--7f3.2  after #5     new replica             [web]
#7 start  web--7f3.3  after #5     revision changed        [web]
#8 ready  web--7f3.3  after #7     new replica             [web]
`)
  })

  test('nothing starts while an old replica is still being started', () => {
    const inFlight = stepKeys('startReplica web--2aa.0 token 0')
    expect(planText({ wanted: [wanted(replaced)], inFlight })).toBe(`
hold web: capacity web--2aa.0 to finish its start
`)
  })
})

describe('allowance', () => {
  test.each([
    { surge: { percent: 25 }, unavailable: { percent: 25 }, replicas: 1, expected: { surge: 1, unavailable: 0 } },
    { surge: { percent: 25 }, unavailable: { percent: 25 }, replicas: 4, expected: { surge: 1, unavailable: 1 } },
    { surge: { percent: 25 }, unavailable: { percent: 25 }, replicas: 10, expected: { surge: 3, unavailable: 2 } },
    { surge: { count: 0 }, unavailable: { percent: 25 }, replicas: 3, expected: { surge: 0, unavailable: 1 } },
    { surge: { count: 2 }, unavailable: { count: 0 }, replicas: 3, expected: { surge: 2, unavailable: 0 } },
  ])('$surge / $unavailable of $replicas', ({ surge, unavailable, replicas, expected }) => {
    expect(allowanceOf({ type: 'rolling', surge, unavailable }, replicas)).toEqual(expected)
  })
})

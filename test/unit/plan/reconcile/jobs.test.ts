import { describe, expect, test } from '@jest/globals'
import { instant } from '../../../../src/kernel/instant.ts'
import { aComponent, aContainer, aReplica, aRevision } from '../../../kit/builders.ts'
import { planFor, planText, stepKeys, wanted } from '../../../kit/planning.ts'

const once = aRevision(aComponent('migrate').runsOnce(), '7f3')
const many = aRevision(aComponent('migrate').runsOnce({ parallelism: 2, completions: 5 }), '7f3')
const inPlace = aRevision(aComponent('migrate').runsOnce({ restart: 'on-failure', backoffLimit: 3 }), '7f3')
const run = (ordinal = 0, hash = '7f3') => aReplica('migrate', hash, ordinal)

describe('a job', () => {
  test('starts once, and nobody waits for its readiness', () => {
    expect(planText({ wanted: [wanted(once)] })).toBe(`
#1 start migrate--7f3.0  run to completion  [migrate]
`)
  })

  test('is left alone while it runs and when it is done', () => {
    for (const replica of [run(), run().exited(0)])
      expect(planFor({ wanted: [wanted(once)], replicas: [replica] })).toEqual({ steps: [], holds: [] })
  })

  test('runs as many at once as its parallelism until enough are complete, each under a new ordinal', () => {
    expect(planText({ wanted: [wanted(many, 2)], replicas: [run(0).exited(0), run(1)] })).toBe(`
#1 start migrate--7f3.2  run to completion  [migrate]
`)
    const nearlyDone = [0, 1, 2, 3].map((ordinal) => run(ordinal).exited(0))
    expect(planText({ wanted: [wanted(many, 2)], replicas: nearlyDone })).toBe(`
#1 start migrate--7f3.4  run to completion  [migrate]
`)
  })

  test('runs again when a restart is asked for, as a replica of its own', () => {
    expect(planText({ wanted: [{ ...wanted(once), restartToken: 1 }], replicas: [run().exited(0)] })).toBe(`
#1 remove migrate--7f3.0  restart asked for  [migrate]
#2 start  migrate--7f3.1  run to completion  [migrate]
`)
  })

  test('counts a start under way', () => {
    const inFlight = stepKeys('startReplica migrate--7f3.0 token 0')
    expect(planText({ wanted: [wanted(once)], inFlight })).toBe(`
#1 start migrate--7f3.0  being started  [migrate]
`)
  })

  // Source: Kubernetes, Job: 10 s, doubling, at most 6 minutes.
  test.each([
    { failures: 1, waitMs: 10_000 },
    { failures: 2, waitMs: 20_000 },
    { failures: 6, waitMs: 320_000 },
  ])('after $failures failures it waits $waitMs ms for a new replica', ({ failures, waitMs }) => {
    const replicas = Array.from({ length: failures }, (_, ordinal) => run(ordinal).exited(1, ordinal * 1000))
    const last = (failures - 1) * 1000
    const held = planFor({ wanted: [wanted(once)], replicas, now: instant(last) })
    expect(held).toMatchObject({ steps: [], holds: [{ reason: 'crash-backoff' }], wakeAt: last + waitMs })
    const due = planFor({ wanted: [wanted(once)], replicas, now: instant(last + waitMs) })
    expect(due.steps.map(({ key, cause }) => [key, cause])).toEqual([
      [`startReplica migrate--7f3.${failures} token 0`, `attempt ${failures + 1}`],
    ])
  })

  test('beyond its back-off limit has failed, and what still runs is ended', () => {
    const limited = aRevision(aComponent('migrate').runsOnce({ backoffLimit: 1, parallelism: 2, completions: 2 }), '7f3')
    expect(planText({ wanted: [wanted(limited, 2)], replicas: [run(0).exited(1), run(1).exited(2), run(2)] })).toBe(`
#1 drain  migrate--7f3.2            job failed  [migrate]
#2 remove migrate--7f3.2  after #1  job failed  [migrate]
hold migrate: failed back-off limit of 1 exceeded: 2 replicas failed
`)
  })

  test('with on-failure is restarted in place, up to its limit', () => {
    expect(planText({ wanted: [wanted(inPlace)], replicas: [run().exited(1)] })).toBe(`
#1 restart migrate--7f3.0/migrate  exited 1  [migrate]
`)
    expect(planText({ wanted: [wanted(inPlace)], replicas: [run().exited(1, 0, 2)] })).toBe(`
hold migrate: crash-backoff migrate--7f3.0/migrate exited 1 (2 restarts) until 1970-01-01T00:00:20.000Z
`)
    expect(planText({ wanted: [wanted(inPlace)], replicas: [run().exited(1, 0, 3)] })).toBe(`
hold migrate: failed back-off limit of 3 exceeded: 3 restarts
`)
  })

  test('with several containers is done only when each has ended with 0', () => {
    const two = aRevision(aComponent('migrate').runsOnce().beside(aContainer('report')), '7f3')
    const ended = (code: number) =>
      run().exited(0).beside('report', 'sidecar', { state: 'exited', exitCode: code }).with({ phase: 'exited' })
    expect(planFor({ wanted: [wanted(two)], replicas: [ended(0)] })).toEqual({ steps: [], holds: [] })
    expect(planFor({ wanted: [wanted(two)], replicas: [ended(1)] }).holds).toMatchObject([{ reason: 'crash-backoff' }])
  })

  test('of a changed revision replaces the old one: nothing starts while the old one runs, its record goes', () => {
    expect(planText({ wanted: [wanted(once)], replicas: [run(0, '2aa').exited(0), run(1, '2aa')] })).toBe(`
#1 remove migrate--2aa.0            superseded by migrate--7f3  [migrate]
#2 drain  migrate--2aa.1            superseded by migrate--7f3  [migrate]
#3 remove migrate--2aa.1  after #2  superseded by migrate--7f3  [migrate]
#4 start  migrate--7f3.2  after #3  run to completion           [migrate]
`)
  })

  test('that is stopped ends what runs and keeps what is complete', () => {
    expect(planText({ wanted: [wanted(many, 0)], replicas: [run(0).exited(0), run(1)] })).toBe(`
#1 drain  migrate--7f3.1            stopped  [migrate]
#2 remove migrate--7f3.1  after #1  stopped  [migrate]
`)
  })
})

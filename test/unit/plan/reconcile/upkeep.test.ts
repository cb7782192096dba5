import { describe, expect, test } from '@jest/globals'
import { instant } from '../../../../src/kernel/instant.ts'
import { foldCrashHistory } from '../../../../src/plan/reconcile/crash-history.ts'
import { aComponent, aContainer, aReplica, aReplicaId, aRevision } from '../../../kit/builders.ts'
import { planFor, planText, stepKeys, wanted } from '../../../kit/planning.ts'

const web = aRevision(aComponent('web'), '7f3')
const withLog = aRevision(aComponent('web').beside(aContainer('log')), '7f3')
const second = 1000
const minute = 60 * second

describe('a container that ended', () => {
  test('is restarted at once the first time, and the replica waited for', () => {
    expect(planText({ wanted: [wanted(web)], replicas: [aReplica('web', '7f3').exited(1, 5000)], now: instant(5000) })).toBe(`
#1 restart web--7f3.0/web            exited 1   [web]
#2 ready   web--7f3.0      after #1  restarted  [web]
`)
  })

  // Source: Kubernetes, CrashLoopBackOff: 10 s, doubling, at most 5 minutes.
  test.each([
    { restarts: 1, waitMs: 10 * second },
    { restarts: 2, waitMs: 20 * second },
    { restarts: 5, waitMs: 160 * second },
    { restarts: 6, waitMs: 300 * second },
    { restarts: 40, waitMs: 300 * second },
  ])('after $restarts restarts it waits $waitMs ms', ({ restarts, waitMs }) => {
    const replicas = [aReplica('web', '7f3').exited(1, 5000, restarts)]
    const early = planFor({ wanted: [wanted(web)], replicas, now: instant(5000 + waitMs - 1) })
    expect(early).toMatchObject({
      steps: [],
      holds: [{ subject: 'web', reason: 'crash-backoff', until: 5000 + waitMs }],
      wakeAt: 5000 + waitMs,
    })
    const due = planFor({ wanted: [wanted(web)], replicas, now: instant(5000 + waitMs) })
    expect(due).toMatchObject({ steps: [{ action: { do: 'restartApp' } }, { action: { do: 'awaitReady' } }], holds: [] })
  })

  test('the hold says which container, how it ended and how often it was restarted', () => {
    const replicas = [aReplica('web', '7f3').exited(137, 0, 2).container({ signal: 'SIGKILL' })]
    expect(planText({ wanted: [wanted(web)], replicas })).toBe(`
hold web: crash-backoff web--7f3.0/web killed by SIGKILL (2 restarts) until 1970-01-01T00:00:20.000Z
`)
  })

  test('after ten minutes it starts over', () => {
    const replicas = [aReplica('web', '7f3').exited(1, 10 * minute, 9)]
    expect(planText({ wanted: [wanted(web)], replicas, now: instant(10 * minute) })).toBe(`
#1 restart web--7f3.0/web            exited 1   [web]
#2 ready   web--7f3.0      after #1  restarted  [web]
`)
  })

  test('restarts that the history forgives do not count', () => {
    const steady = aReplica('web', '7f3').container({ restarts: 4 }).build()
    const crashes = foldCrashHistory(new Map(), [steady], instant(10 * minute))
    const at = 11 * minute
    const replicas = [
      aReplica('web', '7f3')
        .exited(1, at, 5)
        .container({ startedAt: instant(at - second) }),
    ]
    expect(planFor({ wanted: [wanted(web)], replicas, crashes, now: instant(at) }).wakeAt).toBe(at + 10 * second)
    expect(planFor({ wanted: [wanted(web)], replicas, now: instant(at) }).wakeAt).toBe(at + 160 * second)
  })

  test('restarts that the user asked for are forgiven', () => {
    const before = foldCrashHistory(new Map(), [aReplica('web', '7f3').build()], instant(0))
    const after = foldCrashHistory(before, [aReplica('web', '7f3').token(1).container({ restarts: 1 }).build()], instant(1))
    const replicas = [aReplica('web', '7f3').token(1).exited(1, 2000, 1)]
    expect(planFor({ wanted: [wanted(web, 1, 1)], replicas, crashes: after, now: instant(2000) }).holds).toEqual([])
  })

  test('beside others is restarted alone; what a sidecar definition put there by its own verb', () => {
    const replicas = [
      aReplica('web', '7f3')
        .beside('log', 'sidecar', { state: 'exited', exitCode: 1 })
        .beside('dapr', 'sidecar', { state: 'exited', exitCode: 2 }),
    ]
    expect(planText({ wanted: [wanted(withLog)], replicas, ready: [] })).toBe(`
#1 restart web--7f3.0/log                exited 1   [web]
#2 restart web--7f3.0/dapr               exited 2   [web]
#3 ready   web--7f3.0       after #1 #2  restarted  [web]
`)
  })

  test('keeps its restart in the plan while it is under way', () => {
    const replicas = [aReplica('web', '7f3').exited(1, 5000, 3)]
    const inFlight = stepKeys('restartApp web--7f3.0/web restart 4')
    expect(planText({ wanted: [wanted(web)], replicas, inFlight, now: instant(5000) })).toBe(`
#1 restart web--7f3.0/web            exited 1   [web]
#2 ready   web--7f3.0      after #1  restarted  [web]
`)
  })

  test('of a superseded revision is not restarted: the replica goes', () => {
    expect(planText({ wanted: [wanted(web)], replicas: [aReplica('web', '2aa').exited(1)] })).toBe(`
#1 start  web--7f3.1            revision changed        [web]
#2 ready  web--7f3.1  after #1  new replica             [web]
#3 remove web--2aa.0            superseded by web--7f3  [web]
`)
  })
})

describe('a container whose probe gave up', () => {
  const failing = new Map([[aReplicaId('web', '7f3'), [{ container: 'web', why: 'liveness probe failed: 500' }]]])

  test('is restarted with the reason', () => {
    expect(planText({ wanted: [wanted(web)], replicas: [aReplica('web', '7f3')], ready: [], failing })).toBe(`
#1 restart web--7f3.0/web            liveness probe failed: 500  [web]
#2 ready   web--7f3.0      after #1  restarted                   [web]
`)
  })

  test('again and again waits like a crash, counted from its last start', () => {
    const replicas = [aReplica('web', '7f3').container({ restarts: 2, startedAt: instant(7000) })]
    expect(planFor({ wanted: [wanted(web)], replicas, ready: [], failing, now: instant(8000) })).toMatchObject({
      steps: [],
      holds: [{ reason: 'crash-backoff', until: 27_000 }],
    })
  })
})

describe('a restart that the user asks for', () => {
  test('happens at once with a single replica', () => {
    expect(planText({ wanted: [wanted(web, 1, 1)], replicas: [aReplica('web', '7f3')] })).toBe(`
#1 restart web--7f3.0/*            restart asked for  [web]
#2 ready   web--7f3.0    after #1  restarted          [web]
`)
  })

  test('goes from replica to replica', () => {
    const replicas = [0, 1, 2].map((ordinal) => aReplica('web', '7f3', ordinal))
    expect(planText({ wanted: [wanted(web, 3, 1)], replicas })).toBe(`
#1 restart web--7f3.0/*            restart asked for  [web]
#2 ready   web--7f3.0    after #1  restarted          [web]
#3 restart web--7f3.1/*  after #2  restart asked for  [web]
#4 ready   web--7f3.1    after #3  restarted          [web]
#5 restart web--7f3.2/*  after #4  restart asked for  [web]
#6 ready   web--7f3.2    after #5  restarted          [web]
`)
  })

  test('takes as many at once as may be unavailable', () => {
    const four = aRevision(aComponent('web').updates({ type: 'rolling', surge: { count: 0 }, unavailable: { count: 2 } }), '7f3')
    const replicas = [0, 1, 2, 3].map((ordinal) => aReplica('web', '7f3', ordinal))
    expect(planText({ wanted: [wanted(four, 4, 1)], replicas })).toBe(`
#1 restart web--7f3.0/*            restart asked for  [web]
#2 ready   web--7f3.0    after #1  restarted          [web]
#3 restart web--7f3.1/*            restart asked for  [web]
#4 ready   web--7f3.1    after #3  restarted          [web]
#5 restart web--7f3.2/*  after #2  restart asked for  [web]
#6 ready   web--7f3.2    after #5  restarted          [web]
#7 restart web--7f3.3/*  after #4  restart asked for  [web]
#8 ready   web--7f3.3    after #7  restarted          [web]
`)
  })

  test('waits for a replica that is not ready yet, and revives one in crash back-off', () => {
    const replicas = [aReplica('web', '7f3', 0), aReplica('web', '7f3', 1).exited(1, 0, 8), aReplica('web', '7f3', 2).token(1)]
    expect(planText({ wanted: [wanted(web, 3, 1)], replicas, ready: [aReplicaId('web', '7f3', 0)] })).toBe(`
#1 restart web--7f3.1/*            restart asked for  [web]
#2 ready   web--7f3.1    after #1  restarted          [web]
#3 ready   web--7f3.2              not ready          [web]
#4 restart web--7f3.0/*  after #3  restart asked for  [web]
#5 ready   web--7f3.0    after #4  restarted          [web]
`)
  })
})

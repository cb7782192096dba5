import { describe, expect, test } from '@jest/globals'
import { instant } from '../../../../src/kernel/instant.ts'
import type { DesiredExecution, DesiredRevision, Revision } from '../../../../src/model/desired.ts'
import { aComponent, aReplica, aRevision, key } from '../../../kit/builders.ts'
import { planFor, planText, stepKeys, wanted } from '../../../kit/planning.ts'

const now = aRevision(aComponent('batch').runsOnce({ backoffLimit: 1 }), '7f3')
const before = aRevision(aComponent('batch').runsOnce({ backoffLimit: 1 }), 'a01')
const run = (ordinal: number, hash = '7f3') => aReplica('batch', hash, ordinal)

const execution = (number: number, more: Partial<DesiredExecution> = {}): DesiredExecution => ({ number, revision: now, ...more })
const listed = (executions: readonly DesiredExecution[], revision: Revision = now, replicas = 1): DesiredRevision => ({
  ...wanted(revision, replicas),
  executions,
})
const NOTHING = { steps: [], holds: [] }

describe('a component that is run again and again', () => {
  test('does nothing while no execution is listed', () => {
    expect(planFor({ wanted: [listed([])] })).toEqual(NOTHING)
  })

  test('starts each execution at ordinals of its own, and leaves alone what runs', () => {
    expect(planText({ wanted: [listed([execution(3), execution(4), execution(5)])], replicas: [run(4000)] })).toBe(`
#1 start batch--7f3.3000  run to completion  [batch]
#2 start batch--7f3.5000  run to completion  [batch]
`)
  })

  test('counts a start under way for its own execution alone', () => {
    const inFlight = stepKeys('startReplica batch--7f3.3000 token 0')
    expect(planText({ wanted: [listed([execution(3), execution(4)])], inFlight })).toBe(`
#1 start batch--7f3.3000  being started      [batch]
#2 start batch--7f3.4000  run to completion  [batch]
`)
  })

  test('tries a failed one again after its back-off, whatever became of the others', () => {
    const replicas = [run(3000).exited(1, 0), run(4000).exited(0, 5000)]
    const situation = { wanted: [listed([execution(3), execution(4)])], replicas }
    expect(planFor({ ...situation, now: instant(5000) })).toMatchObject({ steps: [], holds: [{ reason: 'crash-backoff' }], wakeAt: 10_000 })
    expect(planText({ ...situation, now: instant(10_000) })).toBe(`
#1 start batch--7f3.3001  attempt 2  [batch]
`)
  })

  test.each([
    ['Complete', 0],
    ['Failed', 1],
  ] as const)('keeps the record of one that is %s, and never runs it again', (finished, code) => {
    const done = [execution(3, { finished })]
    expect(planFor({ wanted: [listed(done)], replicas: [run(3000).exited(code)] })).toEqual(NOTHING)
    expect(planFor({ wanted: [listed(done)] })).toEqual(NOTHING)
    expect(planFor({ wanted: [{ ...listed(done), restartToken: 1 }], replicas: [run(3000).exited(code)] })).toEqual(NOTHING)
  })

  test('ends what still runs of one that has come to its end', () => {
    expect(planText({ wanted: [listed([execution(3, { finished: 'Failed' })])], replicas: [run(3000).exited(1), run(3001)] })).toBe(`
#1 drain  batch--7f3.3001            job has ended  [batch]
#2 remove batch--7f3.3001  after #1  job has ended  [batch]
`)
  })

  test('removes what is listed no more, its sandbox after it, and sandboxes that were left', () => {
    const sandboxes = [3000, 4000, 2000].map((ordinal) => ({ component: key('batch'), ordinal }))
    const capabilities = { runs: 'anything', sandboxes: true, images: false } as const
    const plan = planFor({
      wanted: [listed([execution(4)])],
      replicas: [run(3000).exited(0), run(4000)],
      observed: { sandboxes },
      capabilities,
    })
    expect(plan.steps.map(({ key: step, needs }) => [step, needs])).toEqual([
      ['removeReplica batch--7f3.3000', []],
      ['removeSandbox batch/3000', ['removeReplica batch--7f3.3000']],
      ['removeSandbox batch/2000', []],
    ])
  })

  test('goes on with the revision that each was created from', () => {
    const executions = [execution(3, { revision: before }), execution(4)]
    expect(planFor({ wanted: [listed(executions)], replicas: [run(3000, 'a01'), run(4000)] })).toEqual(NOTHING)
    expect(planText({ wanted: [listed(executions)], replicas: [run(3000, 'a01').exited(1, 0), run(4000)], now: instant(10_000) })).toBe(`
#1 start batch--a01.3001  attempt 2  [batch]
`)
  })

  test('runs nothing while it is stopped, and keeps its records', () => {
    const executions = [execution(3, { finished: 'Complete' }), execution(4), execution(5)]
    expect(planText({ wanted: [listed(executions, now, 0)], replicas: [run(3000).exited(0), run(4000)] })).toBe(`
#1 drain  batch--7f3.4000            stopped  [batch]
#2 remove batch--7f3.4000  after #1  stopped  [batch]
`)
  })
})

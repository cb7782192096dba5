import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { decideScaledJob, type JobView, jobsToCleanUp, type ScaledJobInput, scaledJobBounds } from '../../src/scaling/index.ts'

const count = fc.integer({ min: 0, max: 40 })

const job: fc.Arbitrary<Omit<JobView, 'name'>> = fc.oneof(
  fc.record({
    pods: fc.array(fc.record({ phase: fc.constantFrom('Pending' as const, 'Running' as const, 'Failed' as const) }), { maxLength: 2 }),
  }),
  fc.record({ finished: fc.constantFrom('Complete' as const, 'Failed' as const), finishedAtMs: fc.integer({ min: 0, max: 1000 }) }),
)

const jobs = fc.array(job, { maxLength: 40 }).map((list) => list.map((one, index): JobView => ({ name: `job-${index}`, ...one })))

const strategy = fc.record(
  {
    strategy: fc.constantFrom('default', 'custom', 'accurate', 'eager'),
    multipleScalersCalculation: fc.constantFrom('max' as const, 'min' as const, 'avg' as const, 'sum' as const),
    customScalingQueueLengthDeduction: fc.integer({ min: 0, max: 5 }),
    customScalingRunningJobPercentage: fc.constantFrom('0', '0.5', '1', 'x'),
  },
  { requiredKeys: [] },
)

const trigger = fc.record({
  name: fc.constantFrom('s0', 's1', 's2'),
  value: fc.double({ min: 0, max: 200, noNaN: true }),
  targetAverageValue: fc.double({ min: 0.5, max: 20, noNaN: true }),
  active: fc.boolean(),
})

const scaledJob: fc.Arbitrary<ScaledJobInput> = fc
  .record({
    jobs,
    triggers: fc.array(trigger, { maxLength: 3 }),
    scalingStrategy: strategy,
    bounds: fc.record({ minReplicaCount: count, maxReplicaCount: fc.integer({ min: 1, max: 40 }) }, { requiredKeys: [] }),
  })
  .map(({ bounds, ...rest }) => ({ nowMs: 1000, ...rest, ...bounds }))

test('never more unfinished jobs than bounds and strategies allow, and always whole jobs', () => {
  fc.assert(
    fc.property(scaledJob, (input) => {
      const result = decideScaledJob(input)
      const bounds = scaledJobBounds(input)
      expect(Number.isInteger(result.create) && result.create >= 0).toBe(true)
      // custom may count running jobs for less than they are, so only its own jobs are bound
      const most = bounds.minReplicaCount + bounds.maxReplicaCount
      if (input.scalingStrategy?.strategy === 'custom' || input.scalingStrategy?.strategy === 'accurate')
        expect(result.create).toBeLessThanOrEqual(Math.max(most, result.maxScale))
      else if (result.create > 0) expect(result.runningJobCount + result.create).toBeLessThanOrEqual(most)
    }),
  )
})

test('as many as the minimum run after a poll', () => {
  fc.assert(
    fc.property(scaledJob, (input) => {
      const result = decideScaledJob(input)
      const { minReplicaCount } = scaledJobBounds(input)
      expect(result.runningJobCount + result.create).toBeGreaterThanOrEqual(minReplicaCount)
    }),
  )
})

test('a longer queue never creates fewer jobs', () => {
  fc.assert(
    fc.property(scaledJob, fc.double({ min: 1, max: 5, noNaN: true }), (input, factor) => {
      const [first] = input.triggers
      if (first === undefined) return
      const one = { ...first, active: true }
      const longer = { ...one, value: (one.value ?? 0) * factor }
      expect(decideScaledJob({ ...input, triggers: [longer] }).create).toBeGreaterThanOrEqual(
        decideScaledJob({ ...input, triggers: [one] }).create,
      )
    }),
  )
})

test('the same input gives the same decision, and the trail ends with it', () => {
  fc.assert(
    fc.property(scaledJob, (input) => {
      const result = decideScaledJob(input)
      expect(decideScaledJob(structuredClone(input))).toEqual(result)
      expect(result.trail.at(-1)).toMatchObject({ from: result.runningJobCount, to: result.runningJobCount + result.create })
    }),
  )
})

test('clean-up removes finished jobs only, keeps as many as the limits say, and never a younger one before an older', () => {
  fc.assert(
    fc.property(jobs, count, count, (list, successfulJobsHistoryLimit, failedJobsHistoryLimit) => {
      const removed = new Set(jobsToCleanUp({ jobs: list, successfulJobsHistoryLimit, failedJobsHistoryLimit }).remove)
      for (const [finished, limit] of [
        ['Complete', successfulJobsHistoryLimit],
        ['Failed', failedJobsHistoryLimit],
        [undefined, list.length],
      ] as const) {
        const all = list.filter((one) => one.finished === finished)
        const kept = all.filter((one) => !removed.has(one.name))
        expect(kept).toHaveLength(Math.min(all.length, limit))
        const oldestKept = Math.min(...kept.map((one) => one.finishedAtMs ?? 0))
        for (const one of all) if (removed.has(one.name)) expect(one.finishedAtMs ?? 0).toBeLessThanOrEqual(oldestKept)
      }
    }),
  )
})

import { describe, expect, test } from '@jest/globals'
import { jobsToCleanUp } from '../../../../src/scaling/jobs/clean-up.ts'
import { countPendingJobs, countRunningJobs } from '../../../../src/scaling/jobs/counting.ts'
import type { JobPodView, JobView } from '../../../../src/scaling/jobs/job-view.ts'
import { jobsToRollOut } from '../../../../src/scaling/jobs/rollout.ts'

function pod(phase: JobPodView['phase'], ...trueConditions: string[]): JobPodView {
  return { phase, trueConditions }
}

test('running is whatever has not finished', () => {
  const jobs: JobView[] = [
    { name: 'a' },
    { name: 'b', pods: [pod('Running')] },
    { name: 'c', finished: 'Complete' },
    { name: 'd', finished: 'Failed' },
  ]
  expect(countRunningJobs({ jobs })).toEqual({ runningJobCount: 2 })
})

describe('pending', () => {
  test.each<[string, JobView, string[], number]>([
    ['no pods yet', { name: 'a' }, [], 1],
    ['a pod waits', { name: 'a', pods: [pod('Pending')] }, [], 1],
    ['all pods failed', { name: 'a', pods: [pod('Failed')] }, [], 1],
    ['a pod runs', { name: 'a', pods: [pod('Failed'), pod('Running')] }, [], 0],
    ['a pod has succeeded', { name: 'a', pods: [pod('Succeeded')] }, [], 0],
    ['the job is over', { name: 'a', finished: 'Failed', pods: [pod('Failed')] }, [], 0],
    ['runs, but is not Ready', { name: 'a', pods: [pod('Running')] }, ['Ready'], 1],
    ['Ready', { name: 'a', pods: [pod('Running', 'Ready', 'PodScheduled')] }, ['Ready'], 0],
    ['waits, but meets the condition', { name: 'a', pods: [pod('Pending', 'PodScheduled')] }, ['PodScheduled'], 0],
    ['one of two conditions', { name: 'a', pods: [pod('Running', 'PodScheduled')] }, ['Ready', 'PodScheduled'], 1],
    ['both, but on two pods', { name: 'a', pods: [pod('Running', 'Ready'), pod('Running', 'PodScheduled')] }, ['Ready', 'PodScheduled'], 1],
    ['a condition named twice is never met', { name: 'a', pods: [pod('Running', 'Ready')] }, ['Ready', 'Ready'], 1],
  ])('%s', (_, job, pendingPodConditions, expected) => {
    expect(countPendingJobs({ jobs: [job], pendingPodConditions })).toEqual({ pendingJobCount: expected })
  })
})

describe('clean-up', () => {
  const done = (name: string, finishedAtMs?: number, finished: 'Complete' | 'Failed' = 'Complete'): JobView => ({
    name,
    finished,
    ...(finishedAtMs === undefined ? {} : { finishedAtMs }),
  })

  test('the oldest end goes first, completed and failed ones apart', () => {
    const jobs = [
      done('young', 30),
      done('old', 10),
      done('middle', 20),
      done('bad', 5, 'Failed'),
      done('worse', 4, 'Failed'),
      { name: 'running' },
    ]
    expect(jobsToCleanUp({ jobs, successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 1 }).remove).toEqual(['old', 'middle', 'worse'])
  })

  test('a limit of 0 keeps none', () => {
    expect(jobsToCleanUp({ jobs: [done('a', 2), done('b', 1)], successfulJobsHistoryLimit: 0 }).remove).toEqual(['b', 'a'])
  })

  test('100 of each are kept by default', () => {
    const jobs = Array.from({ length: 102 }, (_, index) => done(`job-${index}`, index))
    expect(jobsToCleanUp({ jobs }).remove).toEqual(['job-0', 'job-1'])
    expect(jobsToCleanUp({ jobs: jobs.slice(2) }).remove).toEqual([])
  })

  test('an undated end is older than any, and such jobs keep their order', () => {
    const jobs = [done('dated', 1), done('first'), done('second')]
    expect(jobsToCleanUp({ jobs, successfulJobsHistoryLimit: 1 }).remove).toEqual(['first', 'second'])
  })
})

describe('rollout', () => {
  const jobs: JobView[] = [
    { name: 'new', generation: 3 },
    { name: 'old', generation: 2 },
    { name: 'unknown' },
    { name: 'over', generation: 2, finished: 'Complete' },
  ]

  test.each<[string, { strategy?: string; rolloutStrategy?: string; propagationPolicy?: string }, string[], string[], string]>([
    ['absent', {}, ['old', 'unknown'], ['over'], 'Background'],
    ['immediate', { strategy: 'immediate', propagationPolicy: 'foreground' }, ['old', 'unknown'], ['over'], 'Foreground'],
    ['gradual', { strategy: 'gradual' }, [], [], 'Background'],
    ['the old field wins', { strategy: 'immediate', rolloutStrategy: 'gradual' }, [], [], 'Background'],
    ['unless it is empty', { strategy: 'gradual', rolloutStrategy: '' }, [], [], 'Background'],
  ])('%s', (_, rollout, end, remove, propagationPolicy) => {
    expect(jobsToRollOut({ jobs, generation: 3, ...rollout })).toEqual({ end, remove, propagationPolicy })
  })
})

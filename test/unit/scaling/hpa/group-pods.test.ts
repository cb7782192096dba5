import { describe, expect, test } from '@jest/globals'
import { countReadyPods, type GroupPodsInput, groupPods, type HpaPod } from '../../../../src/scaling/index.ts'

const NOW = 10_000_000
const MINUTE = 60_000
const young = { phase: 'Running' as const, startedAtMs: NOW - MINUTE }
const old = { phase: 'Running' as const, startedAtMs: NOW - 10 * MINUTE }
const fresh = { atMs: NOW, windowMs: 30_000 }

type Group = 'ready' | 'unready' | 'missing' | 'ignored'
type Row = readonly [string, Partial<HpaPod>, object | undefined, Group, Partial<GroupPodsInput>?]

function groupOf([, pod, sample, , extra]: Row): string {
  const grouped = groupPods({
    pods: [{ name: 'p', phase: 'Running', ...pod }],
    samples: sample === undefined ? {} : { p: sample },
    resource: 'cpu',
    nowMs: NOW,
    ...extra,
  })
  return Object.entries(grouped)
    .filter(([, names]) => names.length > 0)
    .map(([group, names]) => `${group}:${names.join()}`)
    .join(' ')
}

describe('groups', () => {
  test.each<Row>([
    ['a pod that is being deleted, though ready and sampled', { ...old, ready: true, deleting: true }, fresh, 'ignored'],
    ['a failed pod', { phase: 'Failed', ready: true, startedAtMs: 0 }, fresh, 'ignored'],
    ['a pending pod that is being deleted', { phase: 'Pending', deleting: true }, undefined, 'ignored'],
    ['a pending pod without a sample', { phase: 'Pending' }, undefined, 'unready'],
    ['a pending pod with a sample', { phase: 'Pending', ready: true }, fresh, 'unready'],
    ['a running pod without a sample', { ...old, ready: true }, undefined, 'missing'],
    ['an unready running pod without a sample', { ...old, ready: false }, undefined, 'missing'],
    ['an old ready pod', { ...old, ready: true, readyTransitionAtMs: NOW - 9 * MINUTE }, fresh, 'ready'],
    ['a succeeded pod with a sample', { phase: 'Succeeded', ready: true, startedAtMs: 0 }, fresh, 'ready'],
    ['no Ready condition', { ...old }, fresh, 'unready'],
    ['no start time', { phase: 'Running', ready: true }, fresh, 'unready'],

    ['young and not ready', { ...young, ready: false, readyTransitionAtMs: NOW - 50_000 }, fresh, 'unready'],
    ['young and ready for a whole window', { ...young, ready: true, readyTransitionAtMs: NOW - 30_000 }, fresh, 'ready'],
    ['young and ready for less than a window', { ...young, ready: true, readyTransitionAtMs: NOW - 29_999 }, fresh, 'unready'],
    [
      'young, long ready, stale sample',
      { ...young, ready: true, readyTransitionAtMs: NOW - 50_000 },
      { atMs: NOW - 21_000, windowMs: 30_000 },
      'unready',
    ],
    ['young, state unknown, sample after a window', { ...young, ready: 'Unknown', readyTransitionAtMs: NOW - 30_000 }, fresh, 'ready'],
    ['young and ready, a sample without times', { ...young, ready: true, readyTransitionAtMs: NOW }, {}, 'ready'],
    ['young and ready, no time of the transition', { ...young, ready: true }, fresh, 'ready'],

    [
      'exactly as old as the initialisation period, just ready',
      { phase: 'Running', startedAtMs: NOW - 5 * MINUTE, ready: true, readyTransitionAtMs: NOW },
      fresh,
      'ready',
    ],
    [
      'a millisecond younger',
      { phase: 'Running', startedAtMs: NOW - 5 * MINUTE + 1, ready: true, readyTransitionAtMs: NOW },
      fresh,
      'unready',
    ],
    [
      'old, unready since 29.999 s after its start: never ready',
      { ...old, ready: false, readyTransitionAtMs: NOW - 10 * MINUTE + 29_999 },
      fresh,
      'unready',
    ],
    [
      'old, unready since 30 s after its start: was ready',
      { ...old, ready: false, readyTransitionAtMs: NOW - 10 * MINUTE + 30_000 },
      fresh,
      'ready',
    ],
    ['old, unready, no time of the transition', { ...old, ready: false }, fresh, 'unready'],
    ['old, state unknown', { ...old, ready: 'Unknown', readyTransitionAtMs: NOW - 10 * MINUTE }, fresh, 'ready'],

    ['memory of a young unready pod', { ...young, ready: false, readyTransitionAtMs: NOW }, fresh, 'ready', { resource: 'memory' }],
    ['another metric of a pod without a condition', {}, fresh, 'ready', { resource: undefined }],
    [
      'a shorter initialisation period',
      { ...young, ready: true, readyTransitionAtMs: NOW },
      fresh,
      'ready',
      { cpuInitializationMs: MINUTE },
    ],
    [
      'a longer readiness delay',
      { ...old, ready: false, readyTransitionAtMs: NOW - 9 * MINUTE },
      fresh,
      'unready',
      { initialReadinessDelayMs: MINUTE + 1 },
    ],
  ])('%s', (...row) => {
    expect(groupOf(row)).toBe(`${row[3]}:p`)
  })

  test('a sample belongs to its pod alone, whatever that is called', () => {
    const pods = ['constructor', 'a'].map((name) => ({ name, phase: 'Running' as const }))
    expect(groupPods({ pods, samples: { a: {} }, nowMs: 0 })).toEqual({ ready: ['a'], unready: [], missing: ['constructor'], ignored: [] })
  })
})

test('ready pods are running and ready; one that is being deleted counts', () => {
  const pods: readonly HpaPod[] = [
    { name: 'a', phase: 'Running', ready: true },
    { name: 'b', phase: 'Running', ready: true, deleting: true },
    { name: 'c', phase: 'Running', ready: false },
    { name: 'd', phase: 'Running', ready: 'Unknown' },
    { name: 'e', phase: 'Running' },
    { name: 'f', phase: 'Pending', ready: true },
    { name: 'g', phase: 'Succeeded', ready: true },
  ]
  expect(countReadyPods({ pods })).toEqual({ readyPods: 2 })
})

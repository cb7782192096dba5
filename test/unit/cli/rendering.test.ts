import { describe, expect, test } from '@jest/globals'
import { ProgressBoard } from '../../../src/cli/progress/board.ts'
import { describeHold, holdDetails } from '../../../src/cli/render/holds.ts'
import { createPaint } from '../../../src/cli/render/paint.ts'
import { clip, pad, renderTable, width } from '../../../src/cli/render/table.ts'
import { renderPending } from '../../../src/cli/up/announce.ts'
import { assess } from '../../../src/cli/up/assess.ts'
import { type Instant, instant } from '../../../src/kernel/instant.ts'
import type { ComponentKey } from '../../../src/model/names.ts'
import type { Hold, StepKey } from '../../../src/model/step.ts'
import type { ApplicationView, ComponentView } from '../../../src/wire/views.ts'
import { applicationView, componentView, environmentView, pendingView, replicaView, VIEW_TIME } from '../../kit/views.ts'

const red = createPaint('on').red
const later = (ms: number): Instant => instant(VIEW_TIME + ms)

test.each([
  ['web', 3],
  [red('web'), 3],
  ['✅', 2],
  ['日本', 4],
  ['', 0],
])('the width of %j is %i', (text, expected) => {
  expect(width(text)).toBe(expected)
  expect(width(pad(text, 10))).toBe(10)
})

test.each([
  ['abcdef', 6, 'abcdef'],
  ['abcdef', 4, 'abc…'],
  [red('abcdef'), 4, 'abc…'],
  ['日本語', 4, '日…'],
])('%j in %i columns is %j', (text, columns, expected) => {
  expect(clip(text, columns)).toBe(expected)
})

test('tables align columns and leave no blanks at the end', () => {
  expect(
    renderTable(
      ['A', 'LONG'],
      [
        ['one', ''],
        ['', red('x')],
      ],
    ),
  ).toBe(`A    LONG\none\n     ${red('x')}\n`)
})

test('holds say what they wait for, and how long', () => {
  const hold: Hold = { subject: 'web', reason: 'crash-backoff', on: ['exit code 1'], until: later(9500) }
  expect(describeHold(hold, VIEW_TIME)).toBe('crashed, waits before the next start: exit code 1, 9.5s left')
})

describe('assessment', () => {
  const started = pendingView('web', { replicas: [replicaView('web', { phase: 'running' })] })
  const failed = pendingView('web', { holds: [{ subject: 'web', reason: 'failed', on: ['backoff limit'] }] })
  const crashing = (restarts: number): ComponentView =>
    pendingView('web', {
      holds: [{ subject: 'web', reason: 'crash-backoff', on: [] }],
      replicas: [replicaView('web', { phase: 'exited', exitCode: 1, restarts })],
    })
  const job = componentView('job', { kind: 'Job' })
  const unsimulated = pendingView('chart', { simulated: false })

  const held = (hold: Partial<Hold>, component = pendingView('web')): ComponentView => ({
    ...component,
    holds: [{ subject: 'web', reason: 'image', on: ['pull web:1: away (MP4305)'], ...hold }],
  })

  test.each<[string, readonly ComponentView[], Partial<ApplicationView>, string]>([
    ['an image that cannot be had', [held({})], {}, 'failed'],
    ['a build that failed, while the last one runs', [held({}, componentView('web'))], {}, 'failed'],
    ['an image that is tried again', [held({ until: later(1000) })], {}, 'pending'],
    ['an image that is made anew, while the last one runs', [held({ reason: 'renewal' }, componentView('web'))], {}, 'pending'],
    ['an image that could not be renewed', [held({ reason: 'not-renewed' }, componentView('web'))], {}, 'healthy'],
    ['nothing yet', [pendingView('web')], {}, 'pending'],
    ['one started, one healthy', [started, componentView('api')], {}, 'started'],
    ['one of two replicas started', [{ ...started, desired: 2 }], {}, 'pending'],
    ['all healthy', [componentView('web')], {}, 'healthy'],
    ['all healthy, the workflow goes on', [componentView('web')], { phase: 'runningWorkflow' }, 'started'],
    ['one-shots only', [job], {}, 'completed'],
    ['one-shots and what is not simulated', [job, unsimulated], { phase: 'running' }, 'completed'],
    ['what is not simulated only', [unsimulated], { phase: 'running' }, 'healthy'],
    ['a one-shot and a service', [job, componentView('web')], {}, 'healthy'],
    ['a failed component', [failed, componentView('api')], {}, 'failed'],
    ['one crash', [crashing(1)], {}, 'pending'],
    ['crash after crash', [crashing(2)], {}, 'failed'],
    ['a failed workflow', [componentView('web')], { phase: 'workflowFailed' }, 'failed'],
  ])('%s', (_name, components, changes, expected) => {
    const scope = new Set(components.map(({ key }) => key))
    expect(assess(environmentView([applicationView(components, changes)]), scope, VIEW_TIME).state).toBe(expected)
  })

  test('what sleeps is healthy once there is an edge that takes requests for it', () => {
    const asleep = environmentView([applicationView([componentView('web', { desired: 0, replicas: [] })])], { edge: { state: 'none' } })
    const scope = new Set(['web' as ComponentKey])
    const early = assess(asleep, scope, VIEW_TIME)
    expect([early.state, renderPending(early)]).toEqual(['pending', '  the edge does not listen yet: no request can come\n'])
    const late = assess({ ...asleep, edge: { state: 'attached' } }, scope, VIEW_TIME)
    expect([late.state, renderPending(late)]).toEqual(['healthy', ''])
  })

  test('looks only at what is in scope', () => {
    const view = environmentView([applicationView([componentView('web'), failed, pendingView('api')], { phase: 'running' })])
    expect(assess(view, new Set(['web' as ComponentKey]), VIEW_TIME).components.map(({ component }) => component.name)).toEqual([
      'web',
      'web',
    ])
  })
})

test('a hold with output shows its last line, and all of it with what can be done', () => {
  const hold: Hold = {
    subject: 'web',
    reason: 'image',
    on: ['build web: step 2 failed; its last lines:\none\ntwo (MP4310)'],
    next: 'correct it',
  }
  expect(describeHold(hold, VIEW_TIME)).toBe('waits for its image: build web: step 2 failed; its last lines: two (MP4310)')
  expect(holdDetails(hold)).toEqual(['| one', '| two (MP4310)', 'next: correct it'])
})

describe('progress board', () => {
  const key = 'key' as StepKey

  test('an image that could not be renewed stays as it is, and that is no failure', () => {
    const board = new ProgressBoard('up')
    const fault = { kind: 'unavailable', code: 'MP4305', message: 'its registry is away', retry: 'never' } as const
    board.record({ type: 'step.failed', key, action: 'pullImage', group: 'nginx', fault, bestEffort: true }, VIEW_TIME)
    expect(board.lines).toMatchObject([{ name: 'nginx', text: 'Kept as it is: its registry is away', state: 'done' }])
  })

  test('a failed step says when it is tried again; a resource that is no component is done with its step', () => {
    const board = new ProgressBoard('up')
    board.expect('web', VIEW_TIME)
    const fault = { kind: 'unavailable', code: 'MP4001', message: 'port in use\nstack', retry: 'backoff' } as const
    board.record({ type: 'step.failed', key, action: 'startReplica', group: 'web', fault, retryAt: later(2000) }, VIEW_TIME)
    board.record({ type: 'step.done', key, action: 'ensureNetwork', cause: 'new', group: 'network shop' }, later(5))
    expect(board.lines).toEqual([
      { name: 'web', text: 'Failed: port in use; again in 2.0s', state: 'working', startedAt: VIEW_TIME },
      { name: 'network shop', text: 'Created', state: 'done', startedAt: later(5), endedAt: later(5) },
    ])
  })

  test('a hold is told while nothing is under way, and a change is told once', () => {
    const board = new ProgressBoard('up')
    board.expect('web', VIEW_TIME)
    const waits = { type: 'plan.changed', steps: [], holds: [{ subject: 'web', reason: 'needs', on: ['db'] }] } as const
    expect(board.record(waits, VIEW_TIME).map(({ text }) => text)).toEqual(['Waits for db'])
    expect(board.record(waits, VIEW_TIME)).toEqual([])
    board.record({ type: 'step.started', key, action: 'startReplica', cause: 'new', group: 'web' }, VIEW_TIME)
    expect(board.record(waits, VIEW_TIME)).toEqual([])
  })

  test('an action that this version does not know is named as it is', () => {
    const board = new ProgressBoard('up')
    expect(board.record({ type: 'step.started', key, action: 'polish', cause: 'new', group: 'web' }, VIEW_TIME)).toMatchObject([
      { text: 'polish' },
    ])
  })
})

import { expect, test } from '@jest/globals'
import { createPaint } from '../../../src/cli/render/paint.ts'
import { renderScale } from '../../../src/cli/render/scale.ts'
import { after } from '../../../src/kernel/instant.ts'
import { scaleViewOf, VIEW_TIME } from '../../kit/views.ts'

const plain = createPaint('off')

test('a ScaledJob is told of in jobs, and its next poll is all that comes', () => {
  const jobs = { running: 3, pending: 1, complete: 12, failed: 2, strategy: 'accurate' }
  const text = renderScale({ ...scaleViewOf('batch'), jobs, next: { pollAt: after(VIEW_TIME, 4000) }, now: VIEW_TIME }, plain)
  expect(text).toContain('batch: 3 jobs unfinished (1 pending), 12 complete, 2 failed, strategy accurate, between ')
  expect(text).toContain('(ScaledJob ')
  expect(text).toContain('next:\n  poll in 4.0s: jobs are created and finished ones cleaned up\n')
  expect(text).not.toContain('sync ')
})

test('one job is one job', () => {
  const jobs = { running: 1, pending: 0, complete: 0, failed: 0, strategy: 'default' }
  expect(renderScale({ ...scaleViewOf('batch'), jobs }, plain)).toContain('batch: 1 job unfinished (0 pending), 0 complete')
})

import { expect, test } from '@jest/globals'
import { evaluateCondition } from '../../../../src/control/workflow/condition.ts'
import type { StepRun } from '../../../../src/model/workflow.ts'

const step = (name: string, phase: StepRun['phase'], reason?: StepRun['reason']): StepRun => ({
  name,
  type: 'suspend',
  phase,
  ...(reason === undefined ? {} : { reason }),
  applied: [],
  failures: 0,
  steps: [],
})
const scope = {
  steps: [step('build', 'failed', 'Timeout'), step('check-it', 'succeeded')],
  inputs: { tag: 'v2', count: 3 },
  context: { appName: 'shop' },
}

test.each([
  ['always', true],
  ['status.build.failed', true],
  ['status.build.phase == "failed" && status.build.timeout', true],
  ['status["check-it"].succeeded', true],
  ['!status.build.succeeded', true],
  ['inputs.tag == "v2"', true],
  ['inputs.count > 3 || inputs.count < 1', false],
  ['context.appName != "shop"', false],
  ['(status.build.succeeded || true) && false', false],
])('%s is %s', (text, value) => {
  expect(evaluateCondition(text, scope)).toEqual({ ok: true, value })
})

test.each([
  ['status.nope.failed', /no step "nope"/],
  ['foo.bar', /unknown name "foo"/],
  ['status.build.failed &&', /ends too early/],
  ['1 + 1', /cannot read/],
  ['inputs.tag', /not true or false/],
  ['status.build.failed )', /unexpected "\)"/],
])('%s is refused', (text, message) => {
  expect(evaluateCondition(text, scope)).toMatchObject({ ok: false, message: expect.stringMatching(message) })
})

import { expect, test } from '@jest/globals'
import { pauseState } from '../../../../src/scaling/index.ts'

test.each([
  [{}, false, undefined],
  [{ 'autoscaling.keda.sh/paused': 'true' }, true, undefined],
  [{ 'autoscaling.keda.sh/paused': 'false' }, false, undefined],
  [{ 'autoscaling.keda.sh/paused': '0' }, false, undefined],
  [{ 'autoscaling.keda.sh/paused': 'F' }, false, undefined],
  [{ 'autoscaling.keda.sh/paused': '' }, true, undefined],
  [{ 'autoscaling.keda.sh/paused': 'no' }, true, undefined],
  [{ 'autoscaling.keda.sh/paused': 'fALSE' }, true, undefined],
  [{ 'autoscaling.keda.sh/paused-replicas': '5' }, true, 5],
  [{ 'autoscaling.keda.sh/paused-replicas': '0' }, true, 0],
  [{ 'autoscaling.keda.sh/paused': 'false', 'autoscaling.keda.sh/paused-replicas': '5' }, true, 5],
  [{ 'autoscaling.keda.sh/paused-replicas': 'five' }, true, undefined],
  [{ 'autoscaling.keda.sh/paused-replicas': '-1' }, true, undefined],
  [{ 'other/annotation': 'true' }, false, undefined],
])('%j: paused %s at %s', (annotations, paused, replicas) => {
  const state = pauseState({ annotations })
  expect([state.paused, state.pausedReplicas]).toEqual([paused, replicas])
})

test('directions and force are switches of their own', () => {
  const on = pauseState({
    annotations: {
      'autoscaling.keda.sh/paused-scale-in': '',
      'autoscaling.keda.sh/paused-scale-out': 'yes',
      'autoscaling.keda.sh/force-activation': '1',
    },
  })
  expect(on).toEqual({ paused: false, scaleInPaused: true, scaleOutPaused: true, forceActivation: true })
  expect(pauseState({})).toEqual({ paused: false, scaleInPaused: false, scaleOutPaused: false, forceActivation: false })
})

test('a paused size that cannot be read says what to write', () => {
  expect(pauseState({ annotations: { 'autoscaling.keda.sh/paused-replicas': 'two' } }).problem).toBe(
    'autoscaling.keda.sh/paused-replicas is "two", which is no number of replicas: write a whole number from 0, for example "2"',
  )
})

import { describe, expect, test } from '@jest/globals'
import { type HpaBehavior, hpaTolerance, validateBehavior, withBehaviorDefaults } from '../../../../src/scaling/index.ts'

const upPolicies = [
  { type: 'Pods', value: 4, periodSeconds: 15 },
  { type: 'Percent', value: 100, periodSeconds: 15 },
] as const
const downPolicies = [{ type: 'Percent', value: 100, periodSeconds: 15 }] as const
const scaleUp = { stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies: upPolicies } as const
const scaleDown = { stabilizationWindowSeconds: 300, selectPolicy: 'Max', policies: downPolicies } as const

describe('defaults', () => {
  test.each<readonly [string, HpaBehavior, object]>([
    ['an empty behavior', {}, { scaleUp, scaleDown }],
    ['an empty direction', { scaleUp: {} }, { scaleUp, scaleDown }],
    ['a window', { scaleUp: { stabilizationWindowSeconds: 60 } }, { scaleUp: { ...scaleUp, stabilizationWindowSeconds: 60 }, scaleDown }],
    [
      'a window of 0 is given',
      { scaleDown: { stabilizationWindowSeconds: 0 } },
      { scaleUp, scaleDown: { ...scaleDown, stabilizationWindowSeconds: 0 } },
    ],
    ['a choice', { scaleDown: { selectPolicy: 'Disabled' } }, { scaleUp, scaleDown: { ...scaleDown, selectPolicy: 'Disabled' } }],
    ['policies replace the list', { scaleUp: { policies: downPolicies } }, { scaleUp: { ...scaleUp, policies: downPolicies }, scaleDown }],
    ['a tolerance', { scaleUp: { tolerance: 0 } }, { scaleUp: { ...scaleUp, tolerance: 0 }, scaleDown }],
  ])('%s', (_, behavior, full) => {
    expect(withBehaviorDefaults({ behavior })).toEqual(full)
  })

  test('the controller says how long shrinking waits, in whole seconds', () => {
    expect(withBehaviorDefaults({ behavior: {}, downscaleStabilizationMs: 45_900 }).scaleDown.stabilizationWindowSeconds).toBe(45)
  })

  test('what is full stays as it is', () => {
    const full = { scaleUp, scaleDown }
    expect(withBehaviorDefaults({ behavior: full })).toBe(full)
  })
})

test.each<readonly [string, Parameters<typeof hpaTolerance>[0], object]>([
  ['the default', {}, { scaleUp: 0.1, scaleDown: 0.1 }],
  ["the controller's", { tolerance: 0.2 }, { scaleUp: 0.2, scaleDown: 0.2 }],
  ['one direction of its own, and 0 is one', { tolerance: 0.2, behavior: { scaleUp: { tolerance: 0 } } }, { scaleUp: 0, scaleDown: 0.2 }],
  ['the other', { behavior: { scaleDown: { tolerance: 0.05 } } }, { scaleUp: 0.1, scaleDown: 0.05 }],
])('tolerance: %s', (_, input, tolerance) => {
  expect(hpaTolerance(input)).toEqual(tolerance)
})

describe('faults', () => {
  const policy = (change: object): HpaBehavior => ({ scaleUp: { policies: [{ type: 'Pods', value: 1, periodSeconds: 1, ...change }] } })
  const any = (rules: object): HpaBehavior => ({ scaleDown: rules })
  test.each<readonly [string, HpaBehavior, readonly string[]]>([
    ['nothing given', {}, []],
    [
      'all at their bounds',
      {
        scaleUp: { stabilizationWindowSeconds: 0, tolerance: 0 },
        scaleDown: { stabilizationWindowSeconds: 3600, policies: [{ type: 'Percent', value: 1, periodSeconds: 1800 }] },
      },
      [],
    ],
    ['a negative window', any({ stabilizationWindowSeconds: -1 }), ['spec.behavior.scaleDown.stabilizationWindowSeconds']],
    ['a long window', any({ stabilizationWindowSeconds: 3601 }), ['spec.behavior.scaleDown.stabilizationWindowSeconds']],
    ['half a second', any({ stabilizationWindowSeconds: 0.5 }), ['spec.behavior.scaleDown.stabilizationWindowSeconds']],
    ['an unknown choice', any({ selectPolicy: 'max' }), ['spec.behavior.scaleDown.selectPolicy']],
    ['no policy', any({ policies: [] }), ['spec.behavior.scaleDown.policies']],
    ['a negative tolerance', any({ tolerance: -0.01 }), ['spec.behavior.scaleDown.tolerance']],
    ['an unknown type', policy({ type: 'pods' }), ['spec.behavior.scaleUp.policies[0].type']],
    ['a value of 0', policy({ value: 0 }), ['spec.behavior.scaleUp.policies[0].value']],
    ['no value', policy({ value: undefined }), ['spec.behavior.scaleUp.policies[0].value']],
    ['a period of 0', policy({ periodSeconds: 0 }), ['spec.behavior.scaleUp.policies[0].periodSeconds']],
    ['a long period', policy({ periodSeconds: 1801 }), ['spec.behavior.scaleUp.policies[0].periodSeconds']],
    [
      'several, in order',
      {
        scaleUp: {
          selectPolicy: 'Max',
          policies: [
            { type: 'Pods', value: 1, periodSeconds: 1 },
            { type: 'Pods', value: -1, periodSeconds: 0 },
          ],
        },
        scaleDown: { tolerance: -1 },
      },
      ['spec.behavior.scaleUp.policies[1].value', 'spec.behavior.scaleUp.policies[1].periodSeconds', 'spec.behavior.scaleDown.tolerance'],
    ],
  ])('%s', (_, behavior, fields) => {
    expect(validateBehavior({ behavior }).faults.map(({ field }) => field)).toEqual(fields)
  })

  test('a fault names the value and the bounds, under the path given', () => {
    expect(
      validateBehavior({ behavior: any({ stabilizationWindowSeconds: 4000 }), path: 'horizontalPodAutoscalerConfig.behavior' }),
    ).toEqual({
      faults: [
        {
          field: 'horizontalPodAutoscalerConfig.behavior.scaleDown.stabilizationWindowSeconds',
          value: 4000,
          must: 'be a whole number from 0 to 3600',
        },
      ],
    })
  })
})

import { expect, test } from '@jest/globals'
import { type ValidateScaledJobInput, validateScaledJob } from '../../../../src/scaling/jobs/validation.ts'

const triggers = [{ type: 'rabbitmq' }]

test.each<[string, Partial<ValidateScaledJobInput>, string[]]>([
  ['a plain one', {}, []],
  ['no triggers', { triggers: [] }, ['error triggers']],
  ['no polling', { pollingInterval: 0 }, ['error pollingInterval']],
  ['a maximum of 0', { maxReplicaCount: 0 }, ['error maxReplicaCount']],
  ['half a job', { minReplicaCount: 0.5 }, ['error minReplicaCount']],
  ['a negative history', { failedJobsHistoryLimit: -1 }, ['error failedJobsHistoryLimit']],
  ['an unknown strategy', { scalingStrategy: { strategy: 'greedy' } }, ['error scalingStrategy.strategy']],
  [
    'an unknown calculation',
    { scalingStrategy: { multipleScalersCalculation: 'median' } },
    ['error scalingStrategy.multipleScalersCalculation'],
  ],
  ['an unknown rollout', { rollout: { strategy: 'slow' } }, ['error rollout.strategy']],
  ['the old rollout field', { rolloutStrategy: 'gradual' }, ['warning rolloutStrategy']],
  ['custom without a share', { scalingStrategy: { strategy: 'custom' } }, ['warning scalingStrategy.customScalingRunningJobPercentage']],
  ['custom with one', { scalingStrategy: { strategy: 'custom', customScalingRunningJobPercentage: '0.5' } }, []],
  ['a minimum above the maximum', { minReplicaCount: 5, maxReplicaCount: 4 }, ['warning minReplicaCount']],
  ['equal bounds', { minReplicaCount: 4, maxReplicaCount: 4 }, ['warning maxReplicaCount']],
  ['metricType', { triggers: [{ type: 'kafka', metricType: 'Value' }] }, ['error triggers.0.metricType']],
  [
    'one name twice',
    {
      triggers: [
        { type: 'kafka', name: 'a' },
        { type: 'redis', name: 'a' },
      ],
    },
    ['error triggers.1.name'],
  ],
  ['cached metrics', { triggers: [{ type: 'kafka', useCachedMetrics: true }] }, ['warning triggers.0.useCachedMetrics']],
  ['cached cron', { triggers: [{ type: 'cron', useCachedMetrics: true }] }, ['error triggers.0.useCachedMetrics']],
  ['cpu', { triggers: [{ type: 'cpu' }] }, ['warning triggers.0.type']],
])('%s', (_, input, expected) => {
  const { problems } = validateScaledJob({ triggers, ...input })
  expect(problems.map(({ severity, path }) => `${severity} ${path.join('.')}`)).toEqual(expected)
})

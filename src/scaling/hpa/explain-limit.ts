import type { TrailEntry } from '../trail.ts'
import type { FullScalingRules } from './behavior.ts'
import { withBehaviorDefaults } from './behavior-defaults.ts'
import type { LimitResult } from './limit-without-behavior.ts'
import type { HpaSyncInput } from './sync-record.ts'
import { count } from './wording.ts'

/** Why a size was cut, by a bound or by what may change at a time. */
export function explainLimit(pass: { readonly sync: HpaSyncInput; readonly from: number; readonly limit: LimitResult }): TrailEntry {
  const { sync, from, limit } = pass
  const { replicas: to, reason } = limit
  switch (reason) {
    case 'TooManyReplicas':
      return { stage: 'bounds', from, to, because: `${from} is above maxReplicas ${to}` }
    case 'TooFewReplicas':
      return { stage: 'bounds', from, to, because: `${from} is below minReplicas ${to}` }
    case 'ScaleUpLimit':
      return { stage: 'rate', from, to, because: growthWords(sync, to) }
    case 'ScaleDownLimit':
      return { stage: 'rate', from, to, because: rulesWords('scaleDown', full(sync).scaleDown, to) }
    case 'DesiredWithinRange':
      return { stage: 'bounds', from, to, because: `${to} is within all limits` }
    default:
      return reason satisfies never
  }
}

function growthWords(sync: HpaSyncInput, to: number): string {
  if (sync.spec.behavior !== undefined) return rulesWords('scaleUp', full(sync).scaleUp, to)
  const { scaleUpLimitFactor = 2, scaleUpLimitMinimum = 4 } = sync.controller ?? {}
  return `without a behavior one pass grows to at most ${scaleUpLimitFactor} times the size or ${scaleUpLimitMinimum}, from ${sync.specReplicas} to ${to}`
}

function rulesWords(direction: string, rules: FullScalingRules, to: number): string {
  if (rules.selectPolicy === 'Disabled') return `${direction} has selectPolicy Disabled, so ${to} stay`
  const policies = rules.policies.map(
    ({ type, value, periodSeconds }) => `${type === 'Percent' ? `${value} %` : count(value, 'pod')} in ${periodSeconds} s`,
  )
  const choice = policies.length === 1 ? '' : ` (${rules.selectPolicy} of them)`
  return `${direction} allows ${policies.join(', ')}${choice}, which with the changes of that time means ${to} now`
}

function full({ spec }: HpaSyncInput): ReturnType<typeof withBehaviorDefaults> {
  return withBehaviorDefaults({ behavior: spec.behavior ?? {} })
}

import type { TrailEntry } from '../trail.ts'
import { acaDefaults } from './defaults.ts'

export interface AcaConcurrencyRuleInput {
  readonly rule: 'http' | 'tcp'
  /** Requests (http) or connections (tcp) that came in the window, each with its own time or summed up. */
  readonly arrivals: readonly { readonly atMs: number; readonly count: number }[]
  /** `concurrentRequests` or `concurrentConnections`; 10 when absent. */
  readonly concurrency?: number
  readonly currentReplicas: number
  readonly nowMs: number
}

export interface AcaConcurrencyRuleResult {
  /** Arrivals of the last 15 s, divided by 15: per second, which the platform compares with the target. */
  readonly value: number
  readonly target: number
  /** Above 0: the rule wakes a sleeping app. */
  readonly active: boolean
  /** ceil(value / target), before bounds, steps and stabilisation. */
  readonly desiredReplicas: number
  readonly trail: readonly TrailEntry[]
}

/**
 * The http and tcp rules: what came in the last 15 s divided by 15, against the rule's target. An arrival exactly 15 s ago is out.
 * Upstream: MicrosoftDocs/azure-docs articles/container-apps/scale-app.md (HTTP, TCP, scale behaviour).
 */
export function acaConcurrencyRule(input: AcaConcurrencyRuleInput): AcaConcurrencyRuleResult {
  const { rule, arrivals, nowMs, currentReplicas } = input
  const target = input.concurrency ?? acaDefaults.concurrency
  const since = nowMs - acaDefaults.ruleWindowSeconds * 1000
  const count = arrivals.reduce((sum, arrival) => (arrival.atMs > since && arrival.atMs <= nowMs ? sum + arrival.count : sum), 0)
  const value = count / acaDefaults.ruleWindowSeconds
  const desiredReplicas = Math.ceil(value / target)
  const what = rule === 'http' ? 'requests' : 'connections'
  const because = `${rule} rule: ${count} ${what} in ${acaDefaults.ruleWindowSeconds} s are ${Math.round(value * 1000) / 1000} per second, target ${target} per replica`
  return {
    value,
    target,
    active: value > 0,
    desiredReplicas,
    trail: [{ stage: 'metric', from: currentReplicas, to: desiredReplicas, because }],
  }
}

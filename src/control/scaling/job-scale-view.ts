import type { Instant } from '../../kernel/instant.ts'
import type { Component } from '../../model/component.ts'
import { countPendingJobs, countRunningJobs } from '../../scaling/jobs/counting.ts'
import type { ScaleDecisionView, ScaleTriggerView, ScaleView } from '../../wire/scale-view.ts'
import { NO_EXECUTIONS } from '../executions/executions.ts'
import type { ControlState } from '../state.ts'
import type { JobUnit, RememberedPoll } from './job-unit.ts'
import { jobViews } from './job-views.ts'
import { policyOf } from './scaled.ts'

/** A ScaledJob for people: what it measured, how many jobs there are, and what its polls decided. */
export function jobScaleView(unit: JobUnit, { state, now }: { readonly state: ControlState; readonly now: Instant }): ScaleView {
  const { component, last } = unit
  const policy = policyOf(component, state)
  const byHand = state.manual.pauses.get(component.key) ?? {}
  const counts = countJobs(component, state)
  return {
    schemaVersion: 1,
    component: component.key,
    name: policy.name ?? component.name,
    by: 'keda',
    now,
    min: policy.min,
    max: policy.max,
    replicas: counts.running,
    ready: counts.running - counts.pending,
    held: 0,
    inFlight: 0,
    jobs: { ...counts, strategy: policy.jobs?.scalingStrategy.strategy ?? 'default' },
    annotations: Object.entries(policy.annotations ?? {}).map(([name, value]) => ({ name, value, byHand: name in byHand })),
    triggers: triggerViews(unit, state),
    conditions: (last?.result.conditions ?? []).map((condition) => ({ by: 'keda', ...condition, message: '' })),
    next: { pollAt: unit.dueAt },
    decisions: decisionViews(unit),
  }
}

function countJobs(component: Component, state: ControlState): { running: number; pending: number; complete: number; failed: number } {
  const { list } = state.executions.get(component.key) ?? NO_EXECUTIONS
  const jobs = jobViews(component, state)
  const pendingPodConditions = component.scale.jobs?.scalingStrategy.pendingPodConditions
  return {
    running: countRunningJobs({ jobs }).runningJobCount,
    pending: countPendingJobs({ jobs, ...(pendingPodConditions === undefined ? {} : { pendingPodConditions }) }).pendingJobCount,
    complete: list.filter(({ finished }) => finished === 'Complete').length,
    failed: list.filter(({ finished }) => finished === 'Failed').length,
  }
}

function triggerViews(unit: JobUnit, { manual, scaled }: ControlState): readonly ScaleTriggerView[] {
  const { component } = unit
  const active = new Set(scaled.get(component.key)?.active)
  return component.scale.triggers.map(({ name, type, metricType, target, activation, from }) => {
    const reading = unit.readings.find(({ trigger }) => trigger === name)
    const value = reading?.value ?? reading?.metrics?.[0]?.value
    return {
      name,
      type,
      metricType,
      target,
      activation,
      from: from.by,
      active: active.has(name),
      ...(value === undefined ? {} : { value }),
      ...(reading?.error === undefined ? {} : { error: reading.error }),
      ...(manual.metrics.has(`${component.key}/${name}`) ? { byHand: true } : {}),
    }
  })
}

/** Those that changed something, and the last one where it did not. */
function decisionViews({ history, last }: JobUnit): readonly ScaleDecisionView[] {
  const views = history.map((poll) => decisionView(poll))
  return last === undefined || history.includes(last) ? views : [...views, { ...decisionView(last), last: true }]
}

function decisionView({ at, from, to, result }: RememberedPoll): ScaleDecisionView {
  return { at, by: 'poll', from, to, trail: result.trail, proposals: [] }
}

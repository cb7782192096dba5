import { after, type Instant } from '../../kernel/instant.ts'
import type { BackendCounters } from '../../model/edge.ts'
import type { ScaleDecisionView, ScaleTriggerView, ScaleView } from '../../wire/scale-view.ts'
import { judge } from '../readiness.ts'
import type { ControlState } from '../state.ts'
import { policyOf, specReplicas } from './scaled.ts'
import type { ScaledUnit, ScaleStep } from './scaled-unit.ts'

/** The scaler of one component for people: what it measured, decided and would do next. */
export function scaleView(
  unit: ScaledUnit,
  { state, now, counters }: { readonly state: ControlState; readonly now: Instant; readonly counters: readonly BackendCounters[] },
): ScaleView {
  const { component } = unit
  const policy = policyOf(component, state)
  const byHand = state.manual.pauses.get(component.key) ?? {}
  const { ready } = judge(state)
  const own = counters.filter(({ backend }) => backend.slice(0, backend.lastIndexOf(':')) === component.key)
  const sum = (of: 'held' | 'inFlight'): number => own.reduce((total, one) => total + one[of], 0)
  const coolDownEndsAt = coolDownEnd(unit, state)
  return {
    schemaVersion: 1,
    component: component.key,
    name: policy.name ?? component.name,
    by: policy.by ?? 'keda',
    now,
    min: policy.min,
    max: policy.max,
    ...(policy.idle === undefined ? {} : { idle: policy.idle }),
    replicas: specReplicas(component, state),
    ready: (state.observed?.replicas ?? []).filter((replica) => replica.component === component.key && ready.has(replica.id)).length,
    held: sum('held'),
    inFlight: sum('inFlight'),
    annotations: Object.entries(policy.annotations ?? {}).map(([name, value]) => ({ name, value, byHand: name in byHand })),
    triggers: triggerViews(unit, state),
    conditions: conditionsOf(unit),
    next: {
      syncAt: unit.syncAt,
      ...(unit.pollAt === undefined ? {} : { pollAt: unit.pollAt }),
      ...(coolDownEndsAt === undefined ? {} : { coolDownEndsAt }),
    },
    decisions: decisionViews(unit, state),
  }
}

/** Of a condition that polls and syncs both know, the later word. */
function conditionsOf(unit: ScaledUnit): ScaleView['conditions'] {
  const steps = (['poll', 'sync'] as const).toSorted((left, right) => (unit.lastAt(left) ?? 0) - (unit.lastAt(right) ?? 0))
  const latest = new Map<string, ScaleView['conditions'][number]>()
  for (const condition of steps.flatMap((step) => unit.last(step)?.conditions ?? []))
    latest.set(`${condition.by} ${condition.type}`, condition)
  return [...latest.values()].sort((left, right) => (left.by === right.by ? 0 : left.by === 'keda' ? -1 : 1))
}

function triggerViews(unit: ScaledUnit, { manual }: ControlState): readonly ScaleTriggerView[] {
  const { component } = unit
  const active = new Set(unit.last('poll')?.active)
  const proposals = new Map(unit.last('sync')?.proposals.map((proposal) => [proposal.metric, proposal]))
  return component.scale.triggers.map(({ name, type, metricType, target, activation, from }) => {
    const reading = unit.readings.find(({ trigger }) => trigger === name)
    const value = reading?.value ?? proposals.get(name)?.value
    const error = reading?.error ?? proposals.get(name)?.error
    return {
      name,
      type,
      metricType,
      target,
      activation,
      from: from.by,
      active: active.has(name),
      ...(value === undefined ? {} : { value }),
      ...(error === undefined ? {} : { error }),
      ...(manual.metrics.has(`${component.key}/${name}`) ? { byHand: true } : {}),
    }
  })
}

/** Those that changed something, and the last poll and sync where they did not. */
function decisionViews(unit: ScaledUnit, state: ControlState): readonly ScaleDecisionView[] {
  const views: ScaleDecisionView[] = [...unit.history]
  const replicas = specReplicas(unit.component, state)
  for (const by of ['poll', 'sync'] as const satisfies readonly ScaleStep[]) {
    const last = unit.lastAt(by)
    const decision = unit.last(by)
    if (last === undefined || decision === undefined || views.some((view) => view.at === last && view.by === by)) continue
    const { trail, proposals, limitedBy } = decision
    views.push({
      at: last,
      by,
      from: replicas,
      to: decision.replicas,
      last: true,
      trail,
      proposals,
      ...(limitedBy === undefined ? {} : { limitedBy }),
    })
  }
  return views.sort((left, right) => left.at - right.at)
}

/** When an inactive component may go to zero or to its idle count; undefined while something is active, or when it is there or stays. */
function coolDownEnd(unit: ScaledUnit, state: ControlState): Instant | undefined {
  const { component, state: memory } = unit
  const { min, idle, cooldownMs, initialCooldownMs, by } = component.scale
  const low = idle ?? min
  if (by === 'hpa' || memory.active || (idle === undefined && min > 0) || specReplicas(component, state) <= low) return undefined
  if (memory.lastActiveAtMs === undefined) return after(memory.createdAtMs as Instant, initialCooldownMs)
  return after(memory.lastActiveAtMs as Instant, cooldownMs)
}

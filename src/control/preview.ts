import { resolveComponent } from '../definitions/resolve.ts'
import type { Instant } from '../kernel/instant.ts'
import type { AppModel, Component, ComponentKey, ComponentSource, Observed, WorkflowStep } from '../model/index.ts'
import { printPlan } from '../plan/reconcile/print-plan.ts'
import type { PlanView } from '../wire/views.ts'
import type { AcceptedOrder } from './accept-order.ts'
import { applyModels } from './apply-models.ts'
import type { ControlContext } from './context.ts'
import { decideDesired } from './decide.ts'
import { planPass } from './plan-pass.ts'
import type { AppliedComponent, ControlState } from './state.ts'

/** What would be done if the order were applied now and every workflow step were through. Changes nothing. */
export function previewPlan(order: AcceptedOrder, state: ControlState, now: Instant, context: ControlContext): PlanView {
  const entered = applyModels(state, { type: 'models', models: order.models, removeOrphans: false, scale: order.scale }, now).state
  const apps = new Map(entered.apps)
  for (const { model } of order.models) {
    const app = apps.get(model.name)
    if (app !== undefined) apps.set(model.name, { ...app, applied: appliedAtTheEnd(model.workflow.steps, context) })
  }
  const observed: Observed = state.observed ?? nothing(now)
  const decided = decideDesired({ ...entered, apps, observed, planned: undefined, missingSecrets: new Set() })
  const { plan } = planPass(decided, now).state
  return {
    text: printPlan(plan),
    steps: plan.steps.map(({ key, action, needs, cause, group }) => ({
      key,
      action: action.do,
      needs,
      cause,
      ...(group === undefined ? {} : { group }),
    })),
    holds: plan.holds,
    diagnostics: order.result.shown,
  }
}

function nothing(now: Instant): Observed {
  const engine = { state: 'healthy', detail: 'nothing runs yet', attributes: {} } as const
  return { at: now, engine, replicas: [], strays: [], networks: [], volumes: [], images: [], sandboxes: [] }
}

function appliedAtTheEnd(steps: readonly WorkflowStep[], context: ControlContext): ReadonlyMap<ComponentKey, AppliedComponent> {
  const applied = new Map<ComponentKey, AppliedComponent>()
  for (const source of placedComponents(steps)) {
    const outcome = resolveComponent(context.definitions, source)
    if (outcome.ok) applied.set(source.key, { source, inputs: {}, component: outcome.value.component })
  }
  return applied
}

/** Every component that some step of a workflow places, resolved as far as that is possible without running it. */
export function placedAtTheEnd(models: readonly AppModel[], context: ControlContext): readonly Component[] {
  return models.flatMap((model) => [...appliedAtTheEnd(model.workflow.steps, context).values()].map(({ component }) => component))
}

function placedComponents(steps: readonly WorkflowStep[]): readonly ComponentSource[] {
  return steps.flatMap(({ work }) => {
    if (work.do === 'apply') return work.components
    return work.do === 'group' ? placedComponents(work.steps) : []
  })
}

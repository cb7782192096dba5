import { renderObjects } from '../definitions/rendered-object.ts'
import { resolveComponent } from '../definitions/resolve.ts'
import type { ComponentKey, ComponentSource, WorkflowStep } from '../model/index.ts'
import type { ControlContext } from './context.ts'
import { countReplicas, ignoresHealth } from './health.ts'
import type { Effect } from './input.ts'
import type { Readiness } from './readiness.ts'
import type { ApplicationState, AppliedComponent, ControlState } from './state.ts'
import type { WorkflowWorld } from './workflow/run.ts'

export interface AppPass {
  readonly readiness: Readiness
  readonly context: ControlContext
}

/** What the workflow of one application sees and does in one pass; what it applies is collected, not stored. */
export class AppWorld implements WorkflowWorld {
  readonly app: string
  readonly namespace: string
  readonly applied: Map<ComponentKey, AppliedComponent>
  readonly effects: Effect[] = []
  /** Something was applied. */
  touched = false
  readonly #before: ApplicationState
  readonly #state: ControlState
  readonly #pass: AppPass

  constructor(app: ApplicationState, state: ControlState, pass: AppPass) {
    this.app = app.model.name
    this.namespace = app.model.namespace
    this.applied = new Map(app.applied)
    this.#before = app
    this.#state = state
    this.#pass = pass
  }

  /** What was applied in this very pass has no health yet. */
  healthy(key: ComponentKey): boolean | undefined {
    const item = this.applied.get(key)
    if (item === undefined) return undefined
    if (item !== this.#before.applied.get(key)) return false
    return ignoresHealth(item.component) || this.#state.health.get(key)?.healthy === true
  }

  apply(source: ComponentSource, inputs: Readonly<Record<string, unknown>>): string | undefined {
    const outcome = resolveComponent(this.#pass.context.definitions, source, new Map(Object.entries(inputs)))
    if (!outcome.ok) return outcome.diagnostics.find((diagnostic) => diagnostic.severity === 'error')?.message ?? 'cannot be resolved'
    this.applied.set(source.key, { source, inputs, component: outcome.value.component })
    this.touched = true
    return undefined
  }

  rendered(key: ComponentKey): ReturnType<WorkflowWorld['rendered']> {
    const desired = this.#state.desired.revisions.find((item) => item.revision.component === key)
    if (desired === undefined) return undefined
    const { standby } = this.#pass.readiness
    const replicas = (this.#state.observed?.replicas ?? []).filter(({ id, component }) => component === key && !standby.has(id))
    const { total, ready, updated, succeeded, failed, active } = countReplicas(desired, replicas, this.#pass.readiness)
    return renderObjects(desired.revision.spec, { replicas: total, ready, updated, available: ready, succeeded, failed, active })
  }

  notify(step: WorkflowStep, channels: readonly string[], message: string): void {
    this.effects.push({ type: 'emit', body: { type: 'workflow.notification', app: this.app, step: step.name, channels, message } })
  }
}

import { formatDuration } from '../../kernel/duration.ts'
import { unreachable } from '../../kernel/fault.ts'
import { after, earliest, type Instant } from '../../kernel/instant.ts'
import type { StepMode, StepRun, Workflow, WorkflowRun, WorkflowStep } from '../../model/workflow.ts'
import { advanceApply, type StepOutcome } from './apply-step.ts'
import { evaluateCondition } from './condition.ts'
import { isEnded, isFinished, type WorkflowWorld } from './run.ts'

export interface Advanced {
  readonly run: WorkflowRun
  /** When something ends by itself (a suspend duration, a time-out). */
  readonly wakeAt?: Instant
}

/** Moves a run as far as it can go now. Pure but for the world's `apply` and `notify`, which only record. */
export function advanceRun(run: WorkflowRun, workflow: Workflow, world: WorkflowWorld, now: Instant): Advanced {
  if (isEnded(run) || run.heldByUser) return { run }
  const pass = new Pass(run, world, now)
  const steps = pass.advanceAll(workflow.steps, run.steps, workflow.mode)
  const next: WorkflowRun = { ...run, steps, values: pass.values, status: statusOf(steps, run) }
  const ended = isEnded(next) ? { ...next, endedAt: now } : next
  return { run: ended, ...(pass.wakeAt === undefined ? {} : { wakeAt: pass.wakeAt }) }
}

function statusOf(steps: readonly StepRun[], run: WorkflowRun): WorkflowRun['status'] {
  if (steps.every(isFinished)) return steps.some((step) => step.phase === 'failed') ? 'failed' : 'succeeded'
  const active = steps.filter((step) => step.phase === 'running' || step.phase === 'suspending')
  if (active.length > 0 && active.every(isSuspending)) return 'suspending'
  return run.status === 'initializing' && active.length === 0 ? 'initializing' : 'executing'
}

function isSuspending(step: StepRun): boolean {
  if (step.phase === 'suspending') return true
  const active = step.steps.filter((child) => child.phase === 'running' || child.phase === 'suspending')
  return active.length > 0 && active.every(isSuspending)
}

class Pass {
  wakeAt: Instant | undefined
  values: Readonly<Record<string, unknown>>
  readonly #run: WorkflowRun
  readonly #world: WorkflowWorld
  readonly #now: Instant
  #known: readonly StepRun[]

  constructor(run: WorkflowRun, world: WorkflowWorld, now: Instant) {
    this.#run = run
    this.#world = world
    this.#now = now
    this.values = run.values
    this.#known = run.steps
  }

  advanceAll(steps: readonly WorkflowStep[], runs: readonly StepRun[], mode: StepMode): readonly StepRun[] {
    const result = [...runs]
    for (const [index, step] of steps.entries()) {
      const before = result[index]
      if (before === undefined || isFinished(before)) continue
      if (!this.#mayStart(step, before, result)) continue
      const next = this.#advance(step, before, result)
      result[index] = next
      this.#remember(next)
      if (mode === 'StepByStep' && !isFinished(next)) break
    }
    return result
  }

  #remember(step: StepRun): void {
    this.#known = this.#known.map((known) => (known.name === step.name ? step : known))
  }

  #mayStart(step: WorkflowStep, before: StepRun, siblings: readonly StepRun[]): boolean {
    if (before.phase !== 'pending') return true
    const finished = (name: string): boolean => siblings.some((sibling) => sibling.name === name && isFinished(sibling))
    if (!step.dependsOn.every(finished)) return false
    return step.inputs.every((input) => hasValue(this.values, input.from) || !this.#stillComing(input.from, siblings))
  }

  /** An input whose step was skipped or has failed will never have a value: the step then runs into its condition. */
  #stillComing(_name: string, siblings: readonly StepRun[]): boolean {
    return siblings.some((sibling) => !isFinished(sibling))
  }

  #advance(step: WorkflowStep, before: StepRun, siblings: readonly StepRun[]): StepRun {
    if (before.phase === 'pending') {
      const skip = this.#skipReason(step, siblings)
      if (skip !== undefined) return { ...before, ...skip, firstExecuteTime: this.#now, lastExecuteTime: this.#now }
    }
    const started = before.firstExecuteTime ?? this.#now
    const outcome = this.#timedOut(step, started) ?? this.#work(step, { ...before, firstExecuteTime: started })
    const changed = outcome.phase !== before.phase || outcome.message !== before.message || outcome.applied.length !== before.applied.length
    return { ...outcome, firstExecuteTime: started, lastExecuteTime: changed ? this.#now : (before.lastExecuteTime ?? this.#now) }
  }

  /** Source: KubeVela: without `if`, a step is skipped once an earlier one failed. */
  #skipReason(step: WorkflowStep, siblings: readonly StepRun[]): Pick<StepRun, 'phase' | 'reason' | 'message'> | undefined {
    if (step.if === undefined) {
      const failed = siblings.some((sibling) => sibling.phase === 'failed')
      return failed ? { phase: 'skipped', reason: 'Skip' } : undefined
    }
    const context = { name: this.#world.app, appName: this.#world.app, namespace: this.#world.namespace, stepName: step.name }
    const condition = evaluateCondition(step.if, { steps: this.#known, inputs: this.values, context })
    if (!condition.ok) return { phase: 'failed', reason: 'Execute', message: condition.message }
    return condition.value ? undefined : { phase: 'skipped', reason: 'Skip' }
  }

  #timedOut(step: WorkflowStep, started: Instant): StepRun | undefined {
    if (step.timeoutMs === undefined) return undefined
    const end = after(started, step.timeoutMs)
    if (this.#now < end) {
      this.wakeAt = earliest(this.wakeAt, end)
      return undefined
    }
    const run = this.#known.flatMap((known) => [known, ...known.steps]).find((known) => known.name === step.name)
    return {
      name: step.name,
      type: step.type,
      applied: run?.applied ?? [],
      failures: run?.failures ?? 0,
      steps: run?.steps ?? [],
      phase: 'failed',
      reason: 'Timeout',
      message: `not done after ${formatDuration(step.timeoutMs)}`,
    }
  }

  #work(step: WorkflowStep, run: StepRun): StepRun {
    const work = step.work
    switch (work.do) {
      case 'apply': {
        const outcome: StepOutcome = advanceApply({ step, work, run, values: this.values, world: this.#world })
        this.values = outcome.values
        return outcome.run
      }
      case 'suspend':
        return this.#suspend(run, work.durationMs, work.message)
      case 'group': {
        const steps = this.advanceAll(work.steps, run.steps, work.mode)
        const failed = steps.some((child) => child.phase === 'failed')
        if (!steps.every(isFinished)) return { ...run, steps, phase: 'running', reason: 'Execute' }
        return failed
          ? { ...run, steps, phase: 'failed', reason: 'Execute', message: 'a step of the group failed' }
          : { ...run, steps, phase: 'succeeded' }
      }
      case 'notify':
        this.#world.notify(step, work.channels, work.message)
        return { ...run, phase: 'succeeded', message: `logged, not sent to ${work.channels.join(', ')}` }
      case 'not-simulated':
        return { ...run, phase: 'succeeded', message: `not simulated: ${work.why}` }
      default:
        return unreachable(work)
    }
  }

  #suspend(run: StepRun, durationMs: number | undefined, message: string | undefined): StepRun {
    if (run.phase === 'running') return { ...run, phase: 'succeeded' }
    if (durationMs !== undefined) {
      const end = after(run.firstExecuteTime ?? this.#now, durationMs)
      if (this.#now >= end) return { ...run, phase: 'succeeded' }
      this.wakeAt = earliest(this.wakeAt, end)
    }
    const text =
      message ??
      (durationMs === undefined ? `waiting for "minipaas workflow resume ${this.#run.app}"` : `for ${formatDuration(durationMs)}`)
    return { ...run, phase: 'suspending', reason: 'Suspend', message: text }
  }
}

/** `from` may carry a dotted path below the output's name. */
function hasValue(values: Readonly<Record<string, unknown>>, from: string): boolean {
  return Object.hasOwn(values, from) || Object.hasOwn(values, from.split('.')[0] ?? from)
}

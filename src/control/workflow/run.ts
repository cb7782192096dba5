import type { Instant } from '../../kernel/instant.ts'
import type { ComponentSource } from '../../model/component.ts'
import type { ComponentKey } from '../../model/names.ts'
import type { StepRun, Workflow, WorkflowRun, WorkflowStep } from '../../model/workflow.ts'

/** What a run can see of its environment. Everything is about the present moment. */
export interface WorkflowWorld {
  readonly app: string
  readonly namespace: string
  /** Undefined while the component is not applied. */
  healthy(key: ComponentKey): boolean | undefined
  /** Applies one component with the values of its inputs; the message of a failure, or undefined. */
  apply(source: ComponentSource, inputs: Readonly<Record<string, unknown>>): string | undefined
  /** The rendered object (`output`) and the auxiliaries (`outputs`) with live status, for output expressions. */
  rendered(key: ComponentKey): { readonly output: unknown; readonly outputs: Readonly<Record<string, unknown>> } | undefined
  notify(step: WorkflowStep, channels: readonly string[], message: string): void
}

export function startRun(app: string, revision: number, workflow: Workflow, now: Instant): WorkflowRun {
  return { app, revision, status: 'initializing', heldByUser: false, steps: workflow.steps.map(pendingStep), values: {}, startedAt: now }
}

function pendingStep(step: WorkflowStep): StepRun {
  const children = step.work.do === 'group' ? step.work.steps.map(pendingStep) : []
  return { name: step.name, type: step.type, phase: 'pending', applied: [], failures: 0, steps: children }
}

export function isFinished(step: StepRun): boolean {
  return step.phase === 'succeeded' || step.phase === 'failed' || step.phase === 'skipped'
}

export function isEnded(run: WorkflowRun): boolean {
  return run.status === 'succeeded' || run.status === 'failed' || run.status === 'terminated'
}

/** Holds the run where it is; what is applied keeps running. */
export function suspendRun(run: WorkflowRun): WorkflowRun {
  return isEnded(run) ? run : { ...run, heldByUser: true, status: 'suspending' }
}

/** Ends every suspension, or only that of one step. */
export function resumeRun(run: WorkflowRun, step: string | undefined): WorkflowRun {
  const resume = (item: StepRun): StepRun => {
    const steps = item.steps.map(resume)
    const meant = item.phase === 'suspending' && (step === undefined || item.name === step)
    return meant ? { ...item, steps, phase: 'running', reason: 'Execute', message: 'resumed' } : { ...item, steps }
  }
  return {
    ...run,
    heldByUser: step === undefined ? false : run.heldByUser,
    status: isEnded(run) ? run.status : 'executing',
    steps: run.steps.map(resume),
  }
}

export function terminateRun(run: WorkflowRun, now: Instant): WorkflowRun {
  if (isEnded(run)) return run
  const end = (item: StepRun): StepRun => {
    const steps = item.steps.map(end)
    return isFinished(item) || item.phase === 'pending'
      ? { ...item, steps }
      : { ...item, steps, phase: 'failed', reason: 'Terminate', lastExecuteTime: now }
  }
  return { ...run, status: 'terminated', heldByUser: false, endedAt: now, steps: run.steps.map(end) }
}

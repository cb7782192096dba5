import type { ComponentSource } from '../../model/component.ts'
import type { StepRun, StepWork, WorkflowStep } from '../../model/workflow.ts'
import { evaluateOutput } from './output.ts'
import type { WorkflowWorld } from './run.ts'

export interface StepOutcome {
  readonly run: StepRun
  readonly values: Readonly<Record<string, unknown>>
}

export interface ApplyContext {
  readonly step: WorkflowStep
  readonly work: Extract<StepWork, { do: 'apply' }>
  readonly run: StepRun
  readonly values: Readonly<Record<string, unknown>>
  readonly world: WorkflowWorld
}

/** Applies components as their needs and inputs allow, at most `parallelism` unhealthy ones at once, and waits until all are healthy. */
export function advanceApply(context: ApplyContext): StepOutcome {
  const { step, work, world } = context
  const { run } = context
  let values = context.values
  if (work.approve === 'first' && run.applied.length === 0 && run.phase !== 'running') {
    return { run: { ...run, phase: 'suspending', reason: 'Suspend', message: 'auto is false: waiting for approval' }, values }
  }
  const applied = new Set(run.applied)
  let busy = 0
  for (const component of work.components) {
    if (!applied.has(component.key) || world.healthy(component.key) === true) continue
    busy++
  }
  const waiting: string[] = []
  for (const component of work.components) {
    if (applied.has(component.key)) {
      if (world.healthy(component.key) !== true) continue
      const outputs = collectOutputs(component, world, values)
      if (typeof outputs === 'string') return failed(run, applied, outputs, values)
      values = outputs
      continue
    }
    const blocked = blockedBy(component, world, values)
    if (blocked !== undefined) {
      waiting.push(`${component.name}: ${blocked}`)
      continue
    }
    if (busy >= work.parallelism) continue
    const problem = world.apply(component, inputsOf(component, values))
    if (problem !== undefined) return failed(run, applied, `${component.name}: ${problem}`, values)
    applied.add(component.key)
    busy++
  }
  const unhealthy = work.components.filter((component) => applied.has(component.key) && world.healthy(component.key) !== true)
  if (unhealthy.length > 0 || applied.size < work.components.length) {
    const message = [
      ...waiting,
      ...(unhealthy.length > 0 ? [`wait healthy: ${unhealthy.map((component) => component.name).join(', ')}`] : []),
    ].join('; ')
    return { run: { ...run, applied: [...applied], phase: 'running', reason: 'Wait', message }, values }
  }
  const outputs = stepOutputs(step, work, world, values)
  if (typeof outputs === 'string') return failed(run, applied, outputs, values)
  const { message: _message, reason: _reason, ...rest } = run
  return { run: { ...rest, applied: [...applied], phase: 'succeeded' }, values: outputs }
}

function failed(
  run: StepRun,
  applied: ReadonlySet<ComponentSource['key']>,
  message: string,
  values: Readonly<Record<string, unknown>>,
): StepOutcome {
  return { run: { ...run, applied: [...applied], phase: 'failed', reason: 'Rendering', message, failures: run.failures + 1 }, values }
}

function blockedBy(component: ComponentSource, world: WorkflowWorld, values: Readonly<Record<string, unknown>>): string | undefined {
  const needs = component.needs.filter((need) => world.healthy(need.on) !== true)
  if (needs.length > 0) return `waits for ${needs.map((need) => need.on).join(', ')}`
  const missing = component.inputs.filter((input) => lookUp(values, input.from) === undefined && !input.from.startsWith('context.'))
  if (missing.length > 0) return `waits for output ${missing.map((input) => input.from).join(', ')}`
  return undefined
}

function inputsOf(component: ComponentSource, values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const context = { name: component.name, appName: component.app, namespace: component.namespace }
  const entries = component.inputs.map((input) => [input.from, lookUp({ ...values, context }, input.from)] as const)
  return Object.fromEntries(entries)
}

/** An output by name, or a dotted path below one. */
function lookUp(values: Readonly<Record<string, unknown>>, from: string): unknown {
  if (Object.hasOwn(values, from)) return values[from]
  const [root = from, ...path] = from.split('.')
  let value = values[root]
  for (const key of path)
    value = value !== null && typeof value === 'object' ? (value as Readonly<Record<string, unknown>>)[key] : undefined
  return value
}

/** The values with the component's outputs added, or what is wrong with one of them. */
function collectOutputs(
  component: ComponentSource,
  world: WorkflowWorld,
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> | string {
  if (component.outputs.length === 0 || component.outputs.every((output) => Object.hasOwn(values, output.name))) return values
  const rendered = world.rendered(component.key)
  if (rendered === undefined) return values
  const result: Record<string, unknown> = { ...values }
  for (const output of component.outputs) {
    const value = evaluateOutput(output.valueFrom, rendered)
    if (!value.ok) return `output ${output.name}: ${value.message}`
    result[output.name] = value.value
  }
  return result
}

function stepOutputs(
  step: WorkflowStep,
  work: ApplyContext['work'],
  world: WorkflowWorld,
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> | string {
  const only = work.components.length === 1 ? work.components[0] : undefined
  if (step.outputs.length === 0 || only === undefined) return values
  return collectOutputs({ ...only, outputs: step.outputs }, world, values)
}

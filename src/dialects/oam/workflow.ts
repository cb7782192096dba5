import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import { parseGoDuration } from '../../kernel/duration.ts'
import { didYouMean } from '../../kernel/nearest.ts'
import type { StepMode, StepWork, Workflow, WorkflowStep } from '../../model/workflow.ts'
import type { TypeCheck } from '../type-check.ts'
import { useOf } from './components.ts'
import { bindInput, lowerInputs, lowerOutputs, type WrittenInput } from './inputs.ts'
import type { Placement } from './placement.ts'
import type { ApplicationText, StepText } from './schema.ts'

/** A step without the bindings that only the dialect reads. */
export interface WrittenStep {
  readonly step: WorkflowStep
  readonly inputs: readonly WrittenInput[]
}

export interface LoweredWorkflow {
  readonly workflow: Workflow
  /** All steps, sub-steps too, in order. */
  readonly steps: readonly WrittenStep[]
}

interface ApplyComponentParams {
  readonly component: string
  readonly cluster?: string
  readonly namespace?: string
}

interface DeployParams {
  readonly auto?: boolean
  readonly policies?: readonly string[]
  readonly parallelism?: number
}

/** Lowers the steps that the user wrote, or generates them as KubeVela does. */
export function lowerWorkflow(text: ApplicationText, application: Origin, placement: Placement, types: TypeCheck): LoweredWorkflow {
  const written = text.spec.workflow?.steps ?? []
  const modes = text.spec.workflow?.mode
  if (written.length === 0) {
    const generated = placement.generate()
    // Without a workflow section both modes are DAG; with one, steps run one by one unless it says otherwise.
    const mode = modes?.steps ?? (text.spec.workflow === undefined || text.spec.workflow === null ? 'DAG' : 'StepByStep')
    return { workflow: { generated: true, mode, steps: generated }, steps: generated.map((step) => ({ step, inputs: [] })) }
  }
  const lowering = new Lowering(placement, types, modes?.subSteps ?? 'DAG')
  const origin = within(application, 'spec', 'workflow')
  const steps = lowering.steps(written, within(origin, 'steps'), 'step')
  lowering.checkNames()
  return { workflow: { generated: false, mode: modes?.steps ?? 'StepByStep', steps }, steps: lowering.all }
}

class Lowering {
  readonly all: WrittenStep[] = []
  readonly #placement: Placement
  readonly #types: TypeCheck
  readonly #subMode: StepMode

  constructor(placement: Placement, types: TypeCheck, subMode: StepMode) {
    this.#placement = placement
    this.#types = types
    this.#subMode = subMode
  }

  steps(texts: readonly StepText[], origin: Origin, prefix: string): WorkflowStep[] {
    return texts.map((text, index) => this.#step(text, within(origin, index), `${prefix}-${index}`))
  }

  #step(text: StepText, origin: Origin, fallback: string): WorkflowStep {
    const inputs = lowerInputs(text.inputs, origin)
    const step: WorkflowStep = {
      name: text.name ?? fallback,
      type: text.type,
      work: this.#work(text, origin, fallback),
      dependsOn: text.dependsOn ?? [],
      inputs: inputs.flatMap((input) => bindInput(input, 'prefix unless rooted') ?? []),
      outputs: lowerOutputs(text.outputs, origin),
      origin,
      ...optional('alias', text.meta?.alias),
      ...optional('if', text.if),
      ...optional('timeoutMs', text.timeout === undefined || text.timeout === null ? undefined : parseGoDuration(text.timeout)),
    }
    this.all.push({ step, inputs })
    return step
  }

  #work(text: StepText, origin: Origin, name: string): StepWork {
    const type = text.type.split('@')[0]
    const subSteps = text.subSteps ?? []
    if (type !== 'step-group' && subSteps.length > 0)
      this.#types.add(strayGroup('subSteps belong to a step of type "step-group" only', within(origin, 'subSteps')))
    const found = this.#types.check('workflow-step', useOf(text.type, text.properties, origin))
    if (found === undefined) return { do: 'not-simulated', why: 'the step has errors' }
    if (found.notSimulated !== undefined) return { do: 'not-simulated', why: found.notSimulated }
    switch (type) {
      case 'apply-component':
        return this.#apply(found.value as ApplyComponentParams, origin)
      case 'deploy':
        return this.#deploy(found.value as DeployParams, origin)
      case 'step-group':
        return { do: 'group', mode: text.mode ?? this.#subMode, steps: this.#subSteps(subSteps, origin, name) }
      case 'suspend':
        return this.#suspend(found.value as { readonly duration?: string; readonly message?: string }, origin)
      case 'notification':
        return notification(found.value)
      default:
        return { do: 'not-simulated', why: 'a step of a plugin: it is accepted and nothing happens' }
    }
  }

  #subSteps(texts: readonly StepText[], origin: Origin, name: string): WorkflowStep[] {
    for (const [index, text] of texts.entries()) {
      if (text.type === 'step-group')
        this.#types.add(strayGroup('a step-group cannot stand in another one', within(origin, 'subSteps', index, 'type')))
    }
    return this.steps(texts, within(origin, 'subSteps'), name)
  }

  #apply({ component, cluster, namespace }: ApplyComponentParams, origin: Origin): StepWork {
    const place = { component, cluster: cluster ?? '', namespace: namespace ?? '', origin: within(origin, 'properties') }
    return { do: 'apply', components: this.#placement.applyComponent(place), parallelism: 1, approve: 'none' }
  }

  #deploy({ auto, policies, parallelism }: DeployParams, origin: Origin): StepWork {
    const components = this.#placement.deploy(policies ?? [], within(origin, 'properties', 'policies'))
    return { do: 'apply', components, parallelism: parallelism ?? 5, approve: auto === false ? 'first' : 'none' }
  }

  #suspend({ duration, message }: { readonly duration?: string; readonly message?: string }, origin: Origin): StepWork {
    const durationMs = duration === undefined ? undefined : parseGoDuration(duration)
    if (duration !== undefined && durationMs === undefined) {
      const place = within(origin, 'properties', 'duration')
      this.#types.add({
        code: 'MP1037',
        severity: 'error',
        message: `"${duration}" is not a duration`,
        origin: place,
        hint: 'write for example 30s, 5m or 1h30m',
      })
    }
    return { do: 'suspend', ...optional('durationMs', durationMs), ...optional('message', message) }
  }

  /** Names are unique over all steps and sub-steps; dependencies name steps that exist. */
  checkNames(): void {
    const first = new Map<string, Origin>()
    for (const { step } of this.all) {
      const earlier = first.get(step.name)
      if (earlier === undefined) first.set(step.name, step.origin)
      else this.#types.add(repeatedStep(step.name, step.origin, earlier))
    }
    for (const { step } of this.all) {
      for (const [index, name] of step.dependsOn.entries()) {
        if (!first.has(name))
          this.#types.add(unknownStep(step.name, name, { origin: within(step.origin, 'dependsOn', index), known: [...first.keys()] }))
      }
    }
  }
}

function repeatedStep(name: string, origin: Origin, earlier: Origin): Diagnostic {
  const related = [{ message: 'first written', origin: within(earlier, 'name') }]
  return { code: 'MP3102', severity: 'error', message: `two steps are called "${name}"`, origin: within(origin, 'name'), related }
}

function unknownStep(step: string, wanted: string, at: { readonly origin: Origin; readonly known: readonly string[] }): Diagnostic {
  const message = `step "${step}" depends on "${wanted}", which does not exist`
  return { code: 'MP3112', severity: 'error', message, origin: at.origin, ...optional('hint', didYouMean(wanted, at.known)) }
}

function strayGroup(message: string, origin: Origin): Diagnostic {
  return { code: 'MP3118', severity: 'error', message, origin, mark: 'key' }
}

/** Channels and texts of a notification; addresses are left out, they are never used. */
function notification(checked: unknown): StepWork {
  const channels = Object.entries((checked ?? {}) as Readonly<Record<string, unknown>>).filter(
    ([, value]) => value !== undefined && value !== null,
  )
  const messages = channels.map(([, value]) => textOf(value)).filter((text) => text !== '')
  return { do: 'notify', channels: channels.map(([name]) => name), message: [...new Set(messages)].join('\n') }
}

function textOf(channel: unknown): string {
  const { message, content } = channel as {
    readonly message?: unknown
    readonly content?: { readonly subject?: unknown; readonly body?: unknown }
  }
  const text = typeof message === 'object' && message !== null ? (message as { readonly text?: unknown }).text : message
  if (typeof text === 'string') return text
  if (typeof text === 'object' && text !== null) return String((text as { readonly text?: unknown }).text ?? '')
  return [content?.subject, content?.body].filter((part) => typeof part === 'string').join(': ')
}

/** A member when its value is there. */
function optional<K extends string, V>(key: K, value: V | null | undefined): { readonly [P in K]?: V } {
  return value === undefined || value === null ? {} : ({ [key]: value } as { readonly [P in K]?: V })
}

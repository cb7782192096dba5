import type { DefinitionView } from '../../definitions/definition.ts'
import { weigh } from '../../definitions/triggers/given.ts'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { didYouMean } from '../../kernel/nearest.ts'
import type { ScalePolicy, ScaleTrigger } from '../../model/scale-policy.ts'
import { secondsOf } from '../load/load-fields.ts'

/** A change of the scaling of one component, or of all. */
export interface WhatIf {
  /** As written. */
  readonly text: string
  readonly component?: string
  readonly field: string
  readonly value: string
}

/** `cooldownPeriod=60`, or `web:cooldownPeriod=60`. */
export function parseWhatIf(text: string, components: readonly string[]): WhatIf | Diagnostic {
  const match = /^(?:([a-z0-9][a-z0-9-]*):)?([A-Za-z0-9_.-]+)=(.*)$/.exec(text.trim())
  const [, component, field, value] = match ?? []
  if (field === undefined || value === undefined)
    return refuse(`"${text}" is not of the form field=value`, 'write cooldownPeriod=60, or web:cooldownPeriod=60')
  if (component !== undefined && !components.includes(component))
    return refuse(`there is no component "${component}"`, didYouMean(component, components) ?? `there are: ${components.join(', ')}`)
  return { text, field, value, ...(component === undefined ? {} : { component }) }
}

type Change = ScalePolicy | Diagnostic

/** The policy with the change, or why it cannot be made. Fields are called as upstream calls them. */
export function applyWhatIf(policy: ScalePolicy, whatIf: WhatIf, view: DefinitionView): Change {
  const { field, value } = whatIf
  const trigger = /^triggers\.(\d+)\.(target|activation|metadata\.(.+))$/.exec(field)
  if (trigger !== null) return changeTrigger(policy, view, { index: Number(trigger[1]), key: trigger[3], what: trigger[2] ?? '', value })
  const rules = /^behavior\.(scaleUp|scaleDown)\.(stabilizationWindowSeconds|selectPolicy|tolerance)$/.exec(field)
  if (rules !== null) return changeBehavior(policy, { direction: rules[1] as 'scaleUp' | 'scaleDown', key: rules[2] ?? '', value })
  const known = FIELDS[field]
  if (known === undefined) {
    const names = [...Object.keys(FIELDS), ...policy.triggers.flatMap((each, index) => triggerFields(each, index))]
    return refuse(`the scaling has no field "${field}"`, didYouMean(field, names) ?? `there are: ${names.join(', ')}`)
  }
  return known(policy, value, field)
}

/** Whether a result is a reason why not. */
export function isRefused(change: Change | WhatIf): change is Diagnostic {
  return 'severity' in change
}

const FIELDS: Readonly<Record<string, (policy: ScalePolicy, value: string, field: string) => Change>> = {
  minReplicaCount: (policy, value, field) => whole(value, field, (min) => ({ ...policy, min, max: Math.max(policy.max, min) })),
  maxReplicaCount: (policy, value, field) => whole(value, field, (max) => ({ ...policy, max, min: Math.min(policy.min, max) })),
  idleReplicaCount: (policy, value, field) => whole(value, field, (idle) => ({ ...policy, idle })),
  cooldownPeriod: (policy, value, field) => seconds(value, field, (ms) => ({ ...policy, cooldownMs: ms })),
  initialCooldownPeriod: (policy, value, field) => seconds(value, field, (ms) => ({ ...policy, initialCooldownMs: ms })),
  pollingInterval: (policy, value, field) =>
    seconds(value, field, (ms) => (ms > 0 ? { ...policy, pollMs: ms } : notA(field, value, 'duration above 0'))),
}

function triggerFields({ metadata }: ScaleTrigger, index: number): readonly string[] {
  return ['target', 'activation', ...Object.keys(metadata).map((key) => `metadata.${key}`)].map((field) => `triggers.${index}.${field}`)
}

interface TriggerChange {
  readonly index: number
  readonly what: string
  readonly key: string | undefined
  readonly value: string
}

function changeTrigger(policy: ScalePolicy, view: DefinitionView, change: TriggerChange): Change {
  const { index, what, key, value } = change
  const trigger = policy.triggers[index]
  if (trigger === undefined) return refuse(`there is no trigger ${index}`, `there are ${policy.triggers.length}, counted from 0`)
  const changed =
    key === undefined ? changeFigure(trigger, what as 'target' | 'activation', value) : changeMetadata(trigger, view, { key, value })
  if ('severity' in changed) return changed
  return { ...policy, triggers: policy.triggers.map((other, at) => (at === index ? changed : other)) }
}

function changeFigure(trigger: ScaleTrigger, what: 'target' | 'activation', value: string): ScaleTrigger | Diagnostic {
  const number = Number(value)
  if (value.trim() === '' || !Number.isFinite(number) || number < 0 || (what === 'target' && number === 0))
    return notA(what, value, 'number above 0')
  return { ...trigger, [what]: number }
}

/** Target, activation and source follow from the metadata as they do when the model is read. */
function changeMetadata(
  trigger: ScaleTrigger,
  view: DefinitionView,
  { key, value }: { readonly key: string; readonly value: string },
): ScaleTrigger | Diagnostic {
  const entry = view.find('trigger', trigger.type)
  const keys = Object.keys(entry?.metadata ?? trigger.metadata)
  if (!keys.includes(key))
    return refuse(`a trigger of type ${trigger.type} has no "${key}"`, didYouMean(key, keys) ?? `there are: ${keys.join(', ')}`)
  const metadata = { ...trigger.metadata, [key]: value }
  if (entry === undefined) return { ...trigger, metadata }
  const outcome = entry.parse({ [key]: value }, trigger.origin)
  const [wrong] = outcome.diagnostics.filter(({ message }) => message.includes(`"${key}"`))
  if (!outcome.ok && wrong !== undefined) return refuse(wrong.message, wrong.hint)
  const given = weigh(entry.metadata, metadata, trigger.auth)
  const { target, activation, from } = entry.measure(given, { metricType: trigger.metricType, namespace: 'default' })
  if (target === undefined || !(target > 0)) return notA(key, value, 'number above 0')
  return { ...trigger, metadata: given.metadata, target, activation, from: trigger.from.by === 'hand' ? trigger.from : from }
}

function changeBehavior(
  policy: ScalePolicy,
  change: { readonly direction: 'scaleUp' | 'scaleDown'; readonly key: string; readonly value: string },
): Change {
  const { direction, key, value } = change
  const known = ['Max', 'Min', 'Disabled']
  if (key === 'selectPolicy' && !known.includes(value))
    return refuse(`"${value}" is no selectPolicy`, didYouMean(value, known) ?? 'Max, Min or Disabled')
  const number = Number(value)
  if (key !== 'selectPolicy' && (value.trim() === '' || !Number.isFinite(number) || number < 0))
    return notA(key, value, 'number of 0 or more')
  const rules = { ...policy.behavior?.[direction], [key]: key === 'selectPolicy' ? value : number }
  return { ...policy, behavior: { ...policy.behavior, [direction]: rules } }
}

function whole(value: string, field: string, change: (number: number) => Change): Change {
  return /^\d+$/.test(value) ? change(Number(value)) : notA(field, value, 'whole number')
}

function seconds(value: string, field: string, change: (ms: number) => Change): Change {
  const read = /^\d+$/.test(value) ? Number(value) : secondsOf(value)
  return read === undefined ? notA(field, value, 'number of seconds') : change(read * 1000)
}

function notA(field: string, value: string, what: string): Diagnostic {
  return refuse(`${field}: "${value}" is no ${what}`)
}

function refuse(message: string, hint?: string): Diagnostic {
  return { code: 'MP7505', severity: 'error', message, ...(hint === undefined ? {} : { hint }) }
}

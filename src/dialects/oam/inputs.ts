import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import type { InputBinding, OutputBinding } from '../../model/component.ts'
import { parseValuePath } from '../source/value-path.ts'
import type { InputText, OutputText } from './schema.ts'

/** An input as written: the target depends on the step that applies the component. */
export interface WrittenInput {
  readonly from: string
  readonly parameterKey?: string
  readonly origin: Origin
}

export function lowerInputs(inputs: readonly InputText[] | null | undefined, owner: Origin): WrittenInput[] {
  return (inputs ?? []).map((input, index) => {
    const key = input.parameterKey
    const common = { from: input.from, origin: within(owner, 'inputs', index) }
    return key === undefined || key === null ? common : { ...common, parameterKey: key }
  })
}

export function lowerOutputs(outputs: readonly OutputText[] | null | undefined, owner: Origin): OutputBinding[] {
  return (outputs ?? []).map(({ name, valueFrom }, index) => ({ name, valueFrom, origin: within(owner, 'outputs', index) }))
}

/** How a parameter key becomes a path below the component. Source: facts on data passing; KubeVela's deploy step always prefixes. */
export type KeyRule = 'prefix always' | 'prefix unless rooted'

/** Where an input goes. Without a key it only orders. */
export function bindInput(input: WrittenInput, rule: KeyRule): InputBinding | undefined {
  const { parameterKey } = input
  if (parameterKey === undefined) return undefined
  const rooted = rule === 'prefix unless rooted' && /^(?:properties(?=[.[]|$)|traits\[)/.test(parameterKey)
  const path = parseValuePath(parameterKey)
  if (path === undefined) return undefined
  return { from: input.from, to: rooted ? path : ['properties', ...path], origin: input.origin }
}

/** Checks the form of the keys: a path that leads into the properties or into a trait that exists. */
export function checkInputs(inputs: readonly WrittenInput[], traits: number): Diagnostic[] {
  return inputs.flatMap((input): Diagnostic[] => {
    const { parameterKey, origin } = input
    if (parameterKey === undefined) return []
    const problem = (message: string, hint: string): Diagnostic[] => [
      { code: 'MP3108', severity: 'error', message, origin: within(origin, 'parameterKey'), hint },
    ]
    const path = parseValuePath(parameterKey)
    if (path === undefined)
      return problem(`"${parameterKey}" is not a path`, 'write for example env[0].value, or data["odd-key"] for keys with other characters')
    const bound = bindInput(input, 'prefix unless rooted')
    if (bound?.to[0] !== 'traits') return []
    const [, index, part] = bound.to
    if (typeof index !== 'number' || part !== 'properties')
      return problem(`"${parameterKey}" does not lead into the properties of a trait`, 'write for example traits[0].properties.replicas')
    if (index < traits) return []
    return problem(`"${parameterKey}" names trait ${index}, but the component has ${traits}`, 'traits are counted from 0')
  })
}

/** The output an input reads: `from` may go on with a path. */
export function outputNameOf(from: string, known: ReadonlySet<string>): string {
  if (known.has(from)) return from
  return /^[^.[]+/.exec(from)?.[0] ?? from
}

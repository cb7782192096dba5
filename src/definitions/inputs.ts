import type { Diagnostic } from '../kernel/diagnostic.ts'
import type { ComponentSource, InputBinding } from '../model/component.ts'
import type { Use } from '../model/use.ts'
import { PendingInput } from './pending-input.ts'
import { problem } from './problem.ts'

type Path = readonly (string | number)[]

/** The source with its inputs put in place; values that are not there yet are left pending. */
export function fillInputs(
  source: ComponentSource,
  values: ReadonlyMap<string, unknown>,
): { readonly source: ComponentSource; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  let filled = source
  for (const input of source.inputs) {
    const value = values.has(input.from) ? values.get(input.from) : new PendingInput(input.from)
    const next = fill(filled, input.to, value)
    if (next === undefined) diagnostics.push(leadsNowhere(source, input))
    else filled = next
  }
  return { source: filled, diagnostics }
}

function fill(source: ComponentSource, to: Path, value: unknown): ComponentSource | undefined {
  const [root, second, ...rest] = to
  if (root === 'properties') return { ...source, type: put(source.type, to.slice(1), value) }
  const trait = root === 'traits' && typeof second === 'number' ? source.traits[second] : undefined
  if (trait === undefined || typeof second !== 'number') return undefined
  const below = rest[0] === 'properties' ? rest.slice(1) : rest
  return { ...source, traits: source.traits.with(second, put(trait, below, value)) }
}

function put(use: Use, path: Path, value: unknown): Use {
  return { ...use, params: putAt(use.params, path, value) }
}

/** A copy of the value with one place replaced; maps and lists on the way are created. */
function putAt(target: unknown, path: Path, value: unknown): unknown {
  const [step, ...rest] = path
  if (step === undefined) return value
  if (typeof step === 'number') {
    const list: unknown[] = Array.isArray(target) ? [...target] : []
    list[step] = putAt(list[step], rest, value)
    return list
  }
  const entries = typeof target === 'object' && target !== null && !Array.isArray(target) ? Object.entries(target) : []
  const kept = entries.filter(([key]) => key !== step)
  const before = entries.find(([key]) => key === step)?.[1]
  return Object.fromEntries([...kept, [step, putAt(before, rest, value)]])
}

function leadsNowhere(source: ComponentSource, input: InputBinding): Diagnostic {
  return problem({
    code: 'MP2209',
    severity: 'error',
    message: `input "${input.from}" of component "${source.name}" is to be put at "${input.to.join('.')}", which does not exist`,
    origin: input.origin,
    hint: 'a place is below "properties" or below one of the traits, such as traits[0].properties',
  })
}

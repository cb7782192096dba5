import { type Diagnostic, type Origin, within } from '../kernel/diagnostic.ts'
import type { ComponentSource } from '../model/component.ts'
import type { Use } from '../model/use.ts'
import type { ComponentTypeEntry, TraitEntry } from './definition.ts'
import { problem } from './problem.ts'
import { sayWriter } from './use-words.ts'

interface Planned {
  readonly use: Use
  readonly entry: ComponentTypeEntry | TraitEntry
}

/** A component has at most one scaler, traits and documents together. Source: KEDA, verifyHpas and verifyScaledObjects of the webhook. */
export function checkScalers(source: ComponentSource, planned: readonly Planned[]): readonly Diagnostic[] {
  const [first, ...others] = planned.filter(({ entry }) => entry.kind === 'trait' && entry.scales)
  if (first === undefined) return []
  return others.map((other) =>
    problem({
      code: 'MP2510',
      severity: 'error',
      message: `component "${source.name}" has two scalers: ${sayUse(first.use)} and ${sayUse(other.use)}`,
      origin: placeOf(other.use),
      related: [{ message: `${sayUse(first.use)} is here`, origin: placeOf(first.use) }],
      hint: 'in a cluster they would undo each other, and KEDA refuses the second: remove one of them',
    }),
  )
}

const OBJECT = 'object/'

function sayUse(use: Use): string {
  return use.type.startsWith(OBJECT) ? sayWriter(use) : `trait "${use.type}"`
}

function placeOf({ type, origin }: Use): Origin {
  return type.startsWith(OBJECT) ? within(origin, 'metadata', 'name') : within(origin, 'type')
}

/** Traits that say of each other that they do not go together. */
export function checkConflicts(traits: readonly Planned[]): readonly Diagnostic[] {
  return traits.flatMap(({ use, entry }, index) => {
    if (entry.kind !== 'trait') return []
    const other = traits.find((candidate, at) => at !== index && entry.conflictsWith.includes(candidate.entry.type))
    if (other === undefined) return []
    const related = [{ message: `"${other.use.type}" is here`, origin: within(other.use.origin, 'type') }]
    const message = `trait "${use.type}" conflicts with trait "${other.use.type}"`
    return [problem({ code: 'MP2014', severity: 'warning', message, origin: within(use.origin, 'type'), related })]
  })
}

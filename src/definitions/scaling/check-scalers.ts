import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import type { ComponentSource } from '../../model/component.ts'
import type { Use } from '../../model/use.ts'
import type { ComponentTypeEntry, TraitEntry } from '../definition.ts'
import { problem } from '../problem.ts'
import { isRecord } from '../wording.ts'

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

function sayUse({ type, params }: Use): string {
  if (!type.startsWith(OBJECT)) return `trait "${type}"`
  const metadata = isRecord(params) && isRecord(params['metadata']) ? params['metadata'] : {}
  return `${type.slice(OBJECT.length)} "${String(metadata['name'] ?? '')}"`
}

function placeOf({ type, origin }: Use): Origin {
  return type.startsWith(OBJECT) ? within(origin, 'metadata', 'name') : within(origin, 'type')
}

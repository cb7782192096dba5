import { defineTrait } from '../define.ts'
import type { TraitEntry } from '../definition.ts'
import type { Schema } from '../schema.ts'

/** A trait of KubeVela or an addon that is accepted, checked and listed, but changes nothing here. */
export function knownTrait<P>(of: { readonly type: string; readonly why: string; readonly parameters: Schema<P> }): TraitEntry {
  return defineTrait({ kind: 'trait', type: of.type, simulation: { level: 'known', why: of.why }, parameters: of.parameters })
}

import type { OverrideParameters } from '../../definitions/policies/simulated.ts'
import type { Origin } from '../../kernel/diagnostic.ts'
import type { ComponentKey } from '../../model/names.ts'

/** An entry of an override policy that changed a component. */
export interface OverrideLayer {
  readonly patch: OverrideParameters['components'][number]
  readonly origin: Origin
}

/** The override entries that changed each placed component. */
export type OverrideLayers = ReadonlyMap<ComponentKey, readonly OverrideLayer[]>

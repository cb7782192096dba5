import type { OverrideParameters } from '../../definitions/policies/simulated.ts'
import type { Origin } from '../../kernel/diagnostic.ts'

/** An entry of an override policy that changed a component. */
export interface OverrideLayer {
  readonly patch: OverrideParameters['components'][number]
  readonly origin: Origin
}

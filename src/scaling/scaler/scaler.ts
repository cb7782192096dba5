import type { ScalePolicy } from '../../model/scale-policy.ts'
import { pollScaler } from './poll.ts'
import type { ScalerState } from './scaler-types.ts'
import { syncScaler } from './sync.ts'

export { pollScaler, syncScaler }

/** A scaler that has decided nothing yet. */
export function initialScaler({ nowMs }: { readonly policy: ScalePolicy; readonly nowMs: number }): ScalerState {
  return { createdAtMs: nowMs, active: false, failures: {}, hpa: {} }
}

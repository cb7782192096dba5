import type { Origin } from '../kernel/diagnostic.ts'

/** One use of a definition: a component type, trait, policy, step, trigger or sidecar with its parameters as written. */
export interface Use {
  readonly type: string
  readonly params: unknown
  readonly origin: Origin
}

import type { Millis } from '../../src/kernel/instant.ts'
import type { RevisionId } from '../../src/model/names.ts'
import type { Backend } from './backend.ts'
import type { RequestHead } from './http/request-head.ts'
import type { RouteEffects } from './route-effects.ts'

/** Where a request goes. */
export interface Destination {
  readonly backend: Backend
  readonly holdMs: Millis
  readonly revision: RevisionId | undefined
  /** What the route does beyond leading there. */
  readonly effects?: RouteEffects | undefined
  /** The mark of the replica that the client's cookie names. */
  readonly prefer?: string | undefined
  /** The head that the route makes of the client's. */
  readonly head?: RequestHead | undefined
}

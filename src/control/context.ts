import type { DefinitionView } from '../definitions/definition.ts'

/** Constant things a pass may consult. */
export interface ControlContext {
  readonly definitions: DefinitionView
  /** Preferred port of the outside listener. */
  readonly webPort: number
  /** `always` where an authority is there already: its certificates cost nothing more. */
  readonly tls?: 'always' | undefined
}

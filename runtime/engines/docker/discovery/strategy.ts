import type { EngineEndpoint } from './endpoint.ts'
import type { Machine } from './machine.ts'

/** Where an engine may be. */
export type Finding =
  | { readonly found: 'nothing'; readonly why: string }
  /** Addresses to try in turn. With `only`, somebody named them, and no other engine is meant. */
  | { readonly found: 'places'; readonly places: readonly Omit<EngineEndpoint, 'strategy'>[]; readonly only: boolean }
  /** Somebody named an engine, but in a way that cannot be understood. */
  | { readonly found: 'mistake'; readonly why: string }

export interface Strategy {
  readonly name: string
  find(machine: Machine): Promise<Finding>
}

export const nothing = (why: string): Finding => ({ found: 'nothing', why })

import { dirname } from 'node:path'
import type { Clock } from '../../src/kernel/clock.ts'
import { type CompanionRecord, endCompanion, ensureCompanion, reviveCompanion } from './companion.ts'
import { homeLayout } from './home-layout.ts'

/** Time without a daemon after which the guard ends everything, in seconds; for tests. Default 600. */
export const LEASE_VARIABLE = 'MINIPAAS_LEASE_SECONDS'

export interface GuardOrder {
  readonly home: string
  readonly nodePath: string
  /** `dist/guard.js`. */
  readonly guardProgram: string
  readonly leaseSeconds?: number
  /** Further variables for the guard. */
  readonly variables?: Readonly<Record<string, string>>
  readonly clock: Clock
}

/** Starts the guard of a home unless it runs. One small read when it does, so it may be called every few seconds. */
export function ensureGuard(order: GuardOrder): Promise<CompanionRecord> {
  const { home, nodePath, guardProgram, leaseSeconds, clock } = order
  const variables = { ...order.variables, ...(leaseSeconds === undefined ? {} : { [LEASE_VARIABLE]: String(leaseSeconds) }) }
  return ensureCompanion({ record: homeLayout(home).guard, command: [nodePath, guardProgram, '--home', home], variables }, clock)
}

/** Ends the guard of a home; for a daemon that leaves nothing behind. */
export function endGuard({ home, clock }: Pick<GuardOrder, 'home' | 'clock'>): Promise<void> {
  return endCompanion(homeLayout(home).guard, clock)
}

/** For the edge, which knows its own directory only: starts the guard that was recorded, if it died. */
export function reviveGuard(edgeDirectory: string, clock: Clock): Promise<CompanionRecord | undefined> {
  // <home>/environments/<name>/edge
  const home = dirname(dirname(dirname(edgeDirectory)))
  return reviveCompanion(homeLayout(home).guard, clock)
}

import type { RunResult } from '../run/result-types.ts'

/** All that a report shows. */
export interface Report {
  readonly schemaVersion: 1
  readonly application: string
  readonly seed: number
  /** ISO text of the beginning. */
  readonly start: string
  readonly seconds: number
  readonly mode: 'events' | 'flow'
  /** What the simulation does differently from the cloud. */
  readonly notes: readonly string[]
  /** The model as it is, then one for each what-if. */
  readonly runs: readonly RunResult[]
}

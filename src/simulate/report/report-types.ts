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
  /** Changes of the live run whose recording is the load, by component. */
  readonly recorded?: Readonly<Record<string, readonly RecordedChange[]>>
}

export interface RecordedChange {
  readonly atMs: number
  readonly from: number
  readonly to: number
  readonly by: 'poll' | 'sync' | 'hand'
}

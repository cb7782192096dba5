/** What a step of a decision is about, in the order in which a decision passes them. */
export type TrailStage =
  | 'paused'
  | 'activation'
  | 'cooldown'
  | 'fallback'
  | 'metric'
  | 'maximum'
  | 'stabilisation'
  | 'rate'
  | 'bounds'
  | 'jobs'

/** One step of a decision: what it made of a number of replicas, and why. `because` is shown to users word for word. */
export interface TrailEntry {
  readonly stage: TrailStage
  readonly from: number
  readonly to: number
  readonly because: string
}

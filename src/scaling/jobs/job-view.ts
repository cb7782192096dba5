/** A job of a ScaledJob as the decision sees it. */
export interface JobView {
  readonly name: string
  /** Set once the job has come to its end. */
  readonly finished?: 'Complete' | 'Failed'
  /** Milliseconds since the epoch at which it came to its end. */
  readonly finishedAtMs?: number
  /** The generation of the ScaledJob that created it; absent for jobs without that annotation. */
  readonly generation?: number
  readonly pods?: readonly JobPodView[]
}

export interface JobPodView {
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown'
  /** Types of the pod's conditions whose status is True, for example `Ready`, `ContainersReady`, `PodScheduled`. */
  readonly trueConditions?: readonly string[]
}

/**
 * How a size came about: the ratio lies within the tolerance; ratio times pods (or total over target); the same after pods
 * without a usable sample were filled in; the filled-in ratio lies within the tolerance; filling in would have turned the
 * direction round.
 */
export type ProposalRule = 'within-tolerance' | 'ratio' | 'filled' | 'filled-within-tolerance' | 'direction-kept'

/** What one metric asks for. */
export interface SizeProposal {
  readonly replicas: number
  /** Usage over target, before anything was filled in. */
  readonly ratio: number
  readonly rule: ProposalRule
  readonly error?: undefined
}

/** A metric that could not be turned into a size: never a zero, always a reason. */
export interface FailedProposal {
  readonly error: string
  readonly replicas?: undefined
}

export const NO_PODS: FailedProposal = { error: 'the selector matches no pods' }
export const NO_SAMPLES: FailedProposal = { error: 'no sample of any pod that counts (they may be unready or being deleted)' }
export const NO_KNOWN_PODS: FailedProposal = { error: 'no sample belongs to a known pod with a request' }
export const NOT_A_NUMBER: FailedProposal = { error: 'the value is not a number' }

/** What was made of pods whose samples are missing or mean nothing. */
export interface FilledIn {
  readonly missing: number
  readonly unready: number
  /** Usage over target with them. */
  readonly ratio: number
}

/** A proposal from samples of pods. */
export interface PodsProposal extends SizeProposal {
  /** Pods that the ratio was multiplied with. */
  readonly countedPods: number
  /** Mean over the pods that counted, in whole milli-units. */
  readonly averageMilli: number
  readonly filledIn?: FilledIn | undefined
}

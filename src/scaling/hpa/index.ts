export type { FullBehavior, FullScalingRules, HpaBehavior, ScalingPolicy, ScalingRules, SelectPolicy } from './behavior.ts'
export { type BehaviorDefaultsInput, withBehaviorDefaults } from './behavior-defaults.ts'
export {
  type CombineProposalsInput,
  type CombineProposalsResult,
  combineProposals,
  type MetricFailureReason,
  type NamedProposal,
} from './combine-proposals.ts'
export type { HpaCondition, HpaConditionReason, HpaConditionType } from './conditions.ts'
export {
  type CountReadyPodsInput,
  type CountReadyPodsResult,
  countReadyPods,
  type GroupPodsInput,
  type GroupPodsResult,
  groupPods,
  type HpaPod,
  type PodSamples,
  type SampleTimes,
  type YoungPodPeriods,
} from './group-pods.ts'
export { type LimitWithBehaviorInput, type LimitWithBehaviorResult, limitWithBehavior } from './limit-with-behavior.ts'
export { type LimitReason, type LimitResult, type LimitWithoutBehaviorInput, limitWithoutBehavior } from './limit-without-behavior.ts'
export type { FailedReading, HpaMetric, MetricProposal, MetricSize, PodsMetric, ResourceMetric, TotalMetric } from './metric.ts'
export { type ContainerRequest, type PodRequestInput, type PodRequestResult, podRequest } from './pod-request.ts'
export type { FailedProposal, FilledIn, PodsProposal, ProposalRule, SizeProposal } from './proposal.ts'
export { type AverageValueInput, type AverageValueProposal, proposeByAverageValue } from './propose-by-average-value.ts'
export { type PodsMetricInput, type PodValueSample, proposeByPodsMetric } from './propose-by-pods-metric.ts'
export { proposeByResourceAverage, type ResourceAverageInput } from './propose-by-resource-average.ts'
export {
  proposeByResourceUtilization,
  type ResourceSample,
  type ResourceUtilizationInput,
  type ResourceUtilizationProposal,
} from './propose-by-resource-utilization.ts'
export { proposeByValue, type TotalReading, type ValueInput, type ValueProposal } from './propose-by-value.ts'
export type { Recommendation } from './recommendations.ts'
export {
  type RecordScaleEventInput,
  recordScaleEvent,
  type ScaleEvent,
  type ScaleEventLog,
  type SumScaleEventsInput,
  type SumScaleEventsResult,
  sumScaleEvents,
} from './scale-events.ts'
export { type StabiliseWithBehaviorInput, type StabiliseWithBehaviorResult, stabiliseWithBehavior } from './stabilise-with-behavior.ts'
export {
  type StabiliseWithoutBehaviorInput,
  type StabiliseWithoutBehaviorResult,
  stabiliseWithoutBehavior,
} from './stabilise-without-behavior.ts'
export { syncHpa } from './sync-hpa.ts'
export type { HpaControllerOptions, HpaProposal, HpaSpec, HpaState, HpaSyncInput, HpaSyncResult } from './sync-record.ts'
export { type HpaTolerance, type HpaToleranceInput, hpaTolerance } from './tolerance.ts'
export { type BehaviorFault, type ValidateBehaviorInput, type ValidateBehaviorResult, validateBehavior } from './validate-behavior.ts'

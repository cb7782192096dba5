import { parseLabelSelector, selectsLabels } from './label-selector.ts'
import type { Reading } from './reading.ts'

export interface WorkloadPod {
  readonly labels: Readonly<Record<string, string>>
  readonly phase: string
  /** Absent while the pod has no node. */
  readonly node?: string
}

export interface WorkloadCountInput {
  /** Pods of the namespace. */
  readonly pods: readonly WorkloadPod[]
  readonly podSelector: string
  /** Count the nodes that have such pods instead of the pods. */
  readonly groupByNode?: boolean
  /** Default 0. */
  readonly activationValue?: number
}

/**
 * Pods that a selector matches and that have not ended, or the nodes they are on.
 *
 * Source: keda: pkg/scalers/kubernetes_workload_scaler.go, getMetricValue.
 */
export function workloadCount({ pods, podSelector, groupByNode = false, activationValue = 0 }: WorkloadCountInput): Reading {
  const selector = parseLabelSelector(podSelector)
  if (selector === undefined) return { error: `podSelector ${JSON.stringify(podSelector)} is no label selector` }
  const live = pods.filter(({ labels, phase }) => phase !== 'Succeeded' && phase !== 'Failed' && selectsLabels(selector, labels))
  const nodes = new Set(live.flatMap(({ node }) => (node ? [node] : [])))
  const value = groupByNode ? nodes.size : live.length
  return { value, active: value > activationValue }
}

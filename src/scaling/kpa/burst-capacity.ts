export interface ExcessBurstCapacityInput {
  readonly readyPods: number
  /** What a pod may take, of {@link kpaTarget}. */
  readonly totalValue: number
  /** `target-burst-capacity`, default 211; 0 never keeps the activator in the path, -1 always. */
  readonly targetBurstCapacity?: number
  readonly panicValue: number
}

export interface ExcessBurstCapacityResult {
  /** Below 0 the activator stays in the path of requests. */
  readonly excessBurstCapacity: number
}

/** Capacity above the burst that is to be taken at any time. Source: knative: pkg/autoscaler/scaling/autoscaler.go, Scale. */
export function excessBurstCapacity(input: ExcessBurstCapacityInput): ExcessBurstCapacityResult {
  const { readyPods, totalValue, targetBurstCapacity = 211, panicValue } = input
  if (targetBurstCapacity === 0) return { excessBurstCapacity: 0 }
  if (targetBurstCapacity < 0) return { excessBurstCapacity: -1 }
  return { excessBurstCapacity: Math.floor(readyPods * totalValue - targetBurstCapacity - panicValue) }
}

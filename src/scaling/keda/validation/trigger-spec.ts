import type { MetricType } from '../spec.ts'

/** The part of a trigger that validation looks at; names as upstream. */
export interface TriggerSpec {
  readonly type: string
  readonly name?: string
  readonly metricType?: MetricType
  readonly useCachedMetrics?: boolean
}

/** cpu and memory are the HPA's own: KEDA never reads them. */
export function isResourceTrigger({ type }: TriggerSpec): boolean {
  return type === 'cpu' || type === 'memory'
}

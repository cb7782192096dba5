import type { ResourceMetric } from '../hpa/metric.ts'
import type { ResourceSample } from '../hpa/propose-by-resource-utilization.ts'
import type { ScalerInput } from './scaler-types.ts'

/** Use and requests of every pod, in thousandths of a core or of a byte. Use is measured for whole replicas, so a single container needs one of its own. */
export function readResource(resource: 'cpu' | 'memory', container: string | undefined, input: ScalerInput): ResourceMetric['reading'] {
  const names = Object.keys(input.requests).filter((name) => name !== '')
  if (container !== undefined && !names.includes(container)) return { error: `there is no container "${container}"` }
  if (container !== undefined && names.length > 1) {
    return { error: `use is measured for whole replicas here: it is not known how much of it is container "${container}"` }
  }
  const samples: Record<string, ResourceSample> = {}
  const requestsMilli: Record<string, number> = {}
  const request = input.requests[container ?? '']
  const requested = resource === 'cpu' ? request?.cpuMilli : request?.memoryBytes === undefined ? undefined : request.memoryBytes * 1000
  for (const { name, usage } of input.pods) {
    if (requested !== undefined) requestsMilli[name] = requested
    if (usage === undefined) continue
    const usageMilli = resource === 'cpu' ? usage.cpuMilli : usage.memoryBytes * 1000
    samples[name] = { usageMilli, atMs: usage.sampledAtMs, windowMs: usage.windowMs }
  }
  return { samples, requestsMilli }
}

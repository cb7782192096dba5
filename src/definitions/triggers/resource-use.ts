import { defineTrigger } from '../define.ts'
import type { TriggerEntry } from '../definition.ts'
import { quantity } from '../shapes/resources.ts'
import type { Complaint } from './checks.ts'
import type { Given } from './given.ts'
import { words } from './metadata-key.ts'

/** Use of the replicas. Source: KEDA, cpu_memory_scaler.go: a resource metric of the HPA, never asked by the operator. */
export const resourceTriggers: readonly TriggerEntry[] = (['cpu', 'memory'] as const).map((resource) =>
  defineTrigger({
    kind: 'trigger',
    type: resource,
    simulation: { level: 'simulated' },
    metadata: { value: words({ required: true, examples: ['50', '70'] }), containerName: words() },
    metricTypes: ['Utilization', 'AverageValue'],
    needsMetricType: true,
    relate: (given, metricType) => checkValue(given, metricType === 'Utilization'),
    measure: (given, { metricType }) => ({
      target: targetOf(given, resource, metricType === 'Utilization'),
      targetKey: 'value',
      activation: 0,
      from: { by: 'engine', resource, ...containerOf(given) },
    }),
  }),
)

/** Percent, millicores or bytes. */
function targetOf(given: Given, resource: 'cpu' | 'memory', percent: boolean): number | undefined {
  const value = given.text('value')
  if (value === undefined || !QUANTITY.test(value)) return undefined
  if (percent) return WHOLE.test(value) ? Number(value) : undefined
  return resource === 'cpu' ? Math.round(quantity(value) * 1000) : quantity(value)
}

const WHOLE = /^\d+$/
const QUANTITY = /^\+?(\d+(\.\d*)?|\.\d+)((n|u|m|k|K|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?|[eE][+-]?\d+)$/

function checkValue(given: Given, percent: boolean): readonly Complaint[] {
  const value = given.text('value')
  if (value === undefined || (percent ? WHOLE : QUANTITY).test(value)) return []
  const form = percent ? 'a whole percentage such as "50" for Utilization' : 'a quantity such as "500m" for AverageValue'
  return [{ code: 'MP2105', message: `"value" must be ${form}, found "${value}"`, at: 'value' }]
}

function containerOf(given: Given): { readonly container?: string } {
  const container = given.text('containerName')
  return container === undefined ? {} : { container }
}

import type { ScaleTrigger } from '../../model/scale-policy.ts'
import type { HpaMetric, ResourceMetric, TotalMetric } from '../hpa/metric.ts'
import { COMPOSITE_METRIC } from '../keda/activity.ts'
import { metricQuantity } from '../keda/quantity.ts'
import type { ServeMetricResult } from '../keda/serve-metric.ts'
import { readResource } from './resource-reading.ts'
import type { ScalerInput } from './scaler-types.ts'
import type { ServedTriggers } from './serve-triggers.ts'

/** A metric under the name that users know, with its target in the trigger's unit. */
export interface MetricLabel {
  readonly metric: string
  readonly target: number
}

/** The metrics of all triggers: several where an external scaler has several; one in place of all external ones where there is a formula. */
export function hpaMetricsOf(
  input: ScalerInput,
  { triggers, composite }: ServedTriggers,
): { readonly metrics: readonly HpaMetric[]; readonly labels: readonly MetricLabel[] } {
  const { policy } = input
  const metrics: HpaMetric[] = []
  const labels: MetricLabel[] = []
  const add = (metric: HpaMetric, label: MetricLabel): void => {
    metrics.push(metric)
    labels.push(label)
  }
  for (const trigger of policy.triggers) {
    if (trigger.from.by === 'engine') add(resourceMetric(trigger, trigger.from, input), { metric: trigger.name, target: trigger.target })
  }
  if (policy.modifiers !== undefined && composite !== undefined) {
    const { target, metricType } = policy.modifiers
    const reading = composite.serves === 'error' ? { error: composite.error } : { value: composite.quantityMilli / 1000 }
    add(total(COMPOSITE_METRIC, { target, metricType }, reading), { metric: COMPOSITE_METRIC, target })
    return { metrics, labels }
  }
  for (const { trigger, reading, served } of triggers) {
    if (reading?.metrics !== undefined && reading.error === undefined) {
      for (const { name, value, target } of reading.metrics)
        add(total(name, { ...trigger, target }, { value: quantity(value) }), { metric: name, target })
    } else add(total(trigger.name, trigger, readingOf(served)), { metric: trigger.name, target: trigger.target })
  }
  return { metrics, labels }
}

function total(
  name: string,
  { target, metricType }: Pick<ScaleTrigger, 'target' | 'metricType'>,
  reading: TotalMetric['reading'],
): TotalMetric {
  return { type: 'External', name, target: metricType === 'Value' ? { value: target } : { averageValue: target }, reading }
}

function readingOf(served: ServeMetricResult): TotalMetric['reading'] {
  if (served.serves === 'error') return { error: served.error }
  return served.serves === 'nil' ? { error: served.because } : { value: served.quantityMilli / 1000 }
}

/** As KEDA serves it. */
function quantity(value: number): number {
  return metricQuantity({ value }).quantityMilli / 1000
}

function resourceMetric(
  trigger: ScaleTrigger,
  { resource, container }: Extract<ScaleTrigger['from'], { by: 'engine' }>,
  input: ScalerInput,
): ResourceMetric {
  const target =
    trigger.metricType === 'Utilization' ? { averageUtilization: trigger.target } : { averageValueMilli: milliOf(resource, trigger.target) }
  const reading = readResource(resource, container, input)
  if (container === undefined) return { type: 'Resource', name: resource, target, reading }
  return { type: 'ContainerResource', name: resource, container, target, reading }
}

/** Targets are millicores or bytes; the HPA counts in thousandths. */
function milliOf(resource: 'cpu' | 'memory', target: number): number {
  return resource === 'cpu' ? target : target * 1000
}

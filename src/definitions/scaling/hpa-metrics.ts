import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import { Collector } from '../../kernel/outcome.ts'
import type { ScaleTrigger } from '../../model/scale-policy.ts'
import { problem } from '../problem.ts'
import { anything, approximated, fields, integer, list, map, oneOf, optional, required, text, type YieldOf } from '../schema.ts'
import { quantity } from '../shapes/resources.ts'
import { triggerName } from '../triggers/trigger-name.ts'
import { quantityShape } from './shapes.ts'

const target = fields({
  type: required(oneOf('Utilization', 'AverageValue', 'Value')),
  averageUtilization: optional(integer({ min: 1 })),
  averageValue: optional(quantityShape),
  value: optional(quantityShape),
})
const metric = required(
  fields({ name: required(text()), selector: optional(anything(), approximated('the value is set by hand, whatever the selector says')) }),
)
const resourceName = required(oneOf('cpu', 'memory'))

/** Source: Kubernetes, autoscaling/v2 MetricSpec. */
const metricShape = fields({
  type: required(oneOf('Resource', 'ContainerResource', 'Pods', 'Object', 'External')),
  resource: optional(fields({ name: resourceName, target: required(target) })),
  containerResource: optional(fields({ name: resourceName, container: required(text()), target: required(target) })),
  pods: optional(fields({ metric, target: required(target) })),
  object: optional(
    fields({
      describedObject: required(map(anything()), approximated('the value is set by hand, whatever it is read from in a cluster')),
      metric,
      target: required(target),
    }),
  ),
  external: optional(fields({ metric, target: required(target) })),
})
export const metricsShape = list(metricShape)
type MetricWritten = YieldOf<typeof metricShape>
type TargetWritten = YieldOf<typeof target>

/** cpu or memory of the replicas, as the HPA measures it. */
export function resourceTrigger(of: {
  readonly index: number
  readonly resource: 'cpu' | 'memory'
  readonly metricType: 'Utilization' | 'AverageValue'
  /** Percent, or a quantity of cores or bytes. */
  readonly value: string | number
  readonly container?: string
  readonly origin: Origin
}): ScaleTrigger {
  const { index, resource, metricType, value, container, origin } = of
  const amount = metricType === 'Utilization' ? Number(value) : quantity(value) * (resource === 'cpu' ? 1000 : 1)
  return {
    ...COMMON,
    name: triggerName(index, container === undefined ? resource : `${resource}-${container}`),
    type: resource,
    metadata: { value: String(value), ...(container === undefined ? {} : { containerName: container }) },
    metricType,
    target: amount,
    from: { by: 'engine', resource, ...(container === undefined ? {} : { container }) },
    origin,
  }
}

/** A metric that something outside would serve. Its value is set by hand, as the sum over all replicas. */
export function servedTrigger(of: {
  readonly index: number
  readonly kind: 'pods' | 'object' | 'external'
  readonly metric: string
  readonly metricType: 'AverageValue' | 'Value'
  readonly value: string | number
  readonly origin: Origin
}): ScaleTrigger {
  const { index, kind, metric: name, metricType, value, origin } = of
  return {
    ...COMMON,
    name: triggerName(index, name),
    type: `hpa-${kind}`,
    metadata: { metric: name, value: String(value) },
    metricType,
    target: quantity(value),
    from: { by: 'hand' },
    origin,
  }
}

const COMMON = { named: false, activation: 0, useCachedMetrics: false, auth: {} } as const

/** The metrics of a HorizontalPodAutoscaler as triggers. Source: Kubernetes, validateMetricSpec. */
export function lowerMetrics(
  written: readonly MetricWritten[],
  origin: Origin,
): { readonly triggers: readonly ScaleTrigger[]; readonly diagnostics: readonly Diagnostic[] } {
  const collector = new Collector()
  const triggers = written.flatMap((one, index): ScaleTrigger[] => {
    const at = within(origin, index)
    const member = MEMBERS[one.type]
    const source = one[member]
    if (source === undefined) {
      const message = `a metric of type ${one.type} needs "${member}"`
      collector.add(problem({ code: 'MP2102', severity: 'error', message, origin: at }))
      return []
    }
    for (const other of Object.values(MEMBERS)) {
      if (other === member || one[other] === undefined) continue
      const message = `a metric of type ${one.type} has "${member}" only`
      collector.add(problem({ code: 'MP2106', severity: 'error', message, origin: within(at, other), mark: 'key' }))
    }
    const value = amountOf(source.target, one.type, { origin: within(at, member, 'target'), collector })
    if (value === undefined) return []
    const { type } = source.target
    if ('metric' in source) {
      const metricType = type === 'Value' ? 'Value' : 'AverageValue'
      return [servedTrigger({ index, kind: KINDS[one.type] ?? 'external', metric: source.metric.name, metricType, value, origin: at })]
    }
    const metricType = type === 'Utilization' ? 'Utilization' : 'AverageValue'
    const container = 'container' in source ? { container: source.container } : {}
    return [resourceTrigger({ index, resource: source.name, metricType, value, ...container, origin: at })]
  })
  return { triggers, diagnostics: collector.diagnostics }
}

const MEMBERS = {
  Resource: 'resource',
  ContainerResource: 'containerResource',
  Pods: 'pods',
  Object: 'object',
  External: 'external',
} as const
const KINDS: Partial<Record<MetricWritten['type'], 'pods' | 'object' | 'external'>> = {
  Pods: 'pods',
  Object: 'object',
  External: 'external',
}

/** Which target types a metric may have. Source: Kubernetes, autoscaling validation. */
const TYPES: Readonly<Record<MetricWritten['type'], readonly TargetWritten['type'][]>> = {
  Resource: ['Utilization', 'AverageValue'],
  ContainerResource: ['Utilization', 'AverageValue'],
  Pods: ['AverageValue'],
  Object: ['Value', 'AverageValue'],
  External: ['Value', 'AverageValue'],
}

const VALUE_KEYS = { Utilization: 'averageUtilization', AverageValue: 'averageValue', Value: 'value' } as const

function amountOf(
  written: TargetWritten,
  metricType: MetricWritten['type'],
  { origin, collector }: { readonly origin: Origin; readonly collector: Collector },
): string | number | undefined {
  const refuse = (code: 'MP2503' | 'MP2102' | 'MP2105' | 'MP2106', message: string, key: string): undefined => {
    collector.add(problem({ code, severity: 'error', message, origin: within(origin, key) }))
    return undefined
  }
  const allowed = TYPES[metricType]
  if (!allowed.includes(written.type)) {
    return refuse('MP2503', `the target of a metric of type ${metricType} must be ${allowed.join(' or ')}, found ${written.type}`, 'type')
  }
  const key = VALUE_KEYS[written.type]
  const value = written[key]
  for (const other of Object.values(VALUE_KEYS)) {
    if (other !== key && written[other] !== undefined) refuse('MP2106', `a target of type ${written.type} has "${key}" only`, other)
  }
  if (value === undefined) return refuse('MP2102', `a target of type ${written.type} needs "${key}"`, key)
  return quantity(value) > 0 ? value : refuse('MP2105', `"${key}" must be above 0`, key)
}

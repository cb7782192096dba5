import { defineTrait } from '../define.ts'
import type { TraitEntry } from '../definition.ts'
import { applyHpa, placed } from '../scaling/apply-hpa.ts'
import { applyScaledObject } from '../scaling/apply-scaled-object.ts'
import { resourceTrigger, servedTrigger } from '../scaling/hpa-metrics.ts'
import { quantityShape, triggersShape } from '../scaling/shapes.ts'
import { approximated, fields, integer, list, oneOf, optional, preset, required, text } from '../schema.ts'

const itself = approximated('the component of the trait is scaled, whatever the target is called')
const target = { targetAPIVersion: preset(text(), 'apps/v1', itself), targetKind: preset(text(), 'Deployment', itself) }
const limits = { min: preset(integer({ min: 1 }), 1), max: preset(integer({ min: 1 }), 10) }
const DEFAULT_METRIC = { type: 'Utilization', value: 50 } as const
const metric = fields({ type: preset(oneOf('Utilization', 'AverageValue'), 'Utilization'), value: preset(integer({ min: 1 }), 50) })

/** An HPA on the use of cpu. Source: KubeVela, cpuscaler definition: autoscaling/v1. */
const cpuscaler = defineTrait({
  kind: 'trait',
  type: 'cpuscaler',
  simulation: { level: 'simulated' },
  scales: true,
  parameters: fields({ ...limits, cpuUtil: preset(integer({ min: 1 }), 50), ...target }),
  apply: (draft, { min, max, cpuUtil }, use) => {
    const trigger = resourceTrigger({ index: 0, resource: 'cpu', metricType: 'Utilization', value: cpuUtil, origin: use.at('cpuUtil') })
    const triggers = [trigger]
    return applyHpa(draft, { name: use.source.name, min: placed(min, use, 'min'), max: placed(max, use, 'max'), triggers }, use)
  },
})

/** An HPA on cpu, memory and metrics of pods; cpu is always there. Source: KubeVela, hpa definition: autoscaling/v2. */
const hpa = defineTrait({
  kind: 'trait',
  type: 'hpa',
  simulation: { level: 'simulated' },
  scales: true,
  parameters: fields({
    ...limits,
    ...target,
    cpu: preset(metric, DEFAULT_METRIC),
    mem: optional(metric),
    podCustomMetrics: preset(list(fields({ name: required(text()), value: required(quantityShape) })), []),
  }),
  apply: (draft, { min, max, cpu, mem, podCustomMetrics }, use) => {
    const resources = [
      resourceTrigger({ index: 0, resource: 'cpu', metricType: cpu.type, value: cpu.value, origin: use.at('cpu') }),
      ...(mem === undefined
        ? []
        : [resourceTrigger({ index: 1, resource: 'memory', metricType: mem.type, value: mem.value, origin: use.at('mem') })]),
    ]
    const served = podCustomMetrics.map(({ name, value }, at) =>
      servedTrigger({
        index: resources.length + at,
        kind: 'pods',
        metric: name,
        metricType: 'AverageValue',
        value,
        origin: use.at('podCustomMetrics', at),
      }),
    )
    const bounds = { min: placed(min, use, 'min'), max: placed(max, use, 'max') }
    return applyHpa(draft, { name: use.source.name, ...bounds, triggers: [...resources, ...served] }, use)
  },
})

const scaleTargetRef = fields({
  apiVersion: preset(text(), 'apps/v1', itself),
  kind: preset(text(), 'Deployment', itself),
  name: optional(text(), itself),
  envSourceContainerName: preset(text(), ''),
})

/**
 * A ScaledObject. Source: KubeVela, keda-auto-scaler definition of the addon keda 2.8.3: a cool-down of 60 s, a minimum of 1 and an idle count of 0,
 * which is always written, so that KEDA goes to 0 when no trigger is active and straight to the minimum when one is.
 */
const kedaAutoScaler = defineTrait({
  kind: 'trait',
  type: 'keda-auto-scaler',
  simulation: { level: 'simulated' },
  scales: true,
  parameters: fields({
    triggers: required(triggersShape),
    scaleTargetRef: optional(scaleTargetRef),
    pollingInterval: preset(integer({ min: 1 }), 30),
    cooldownPeriod: preset(integer({ min: 0 }), 60),
    idleReplicaCount: preset(integer({ min: 0 }), 0),
    minReplicaCount: preset(integer({ min: 0 }), 1),
    maxReplicaCount: preset(integer({ min: 1 }), 100),
    fallback: optional(fields({ failureThreshold: preset(integer({ min: 0 }), 3), replicas: optional(integer({ min: 0 })) })),
  }),
  apply: (draft, { fallback, ...written }, use) => {
    const substitute =
      fallback === undefined
        ? {}
        : {
            fallback: {
              failureThreshold: fallback.failureThreshold,
              replicas: fallback.replicas ?? written.minReplicaCount,
              behavior: 'static' as const,
            },
          }
    return applyScaledObject(
      draft,
      { ...written, ...substitute },
      {
        use,
        name: use.source.name,
        origin: use.origin,
        oldMetricType: true,
      },
    )
  },
})

/** Traits that scale a component as load changes. */
export const autoscalers: readonly TraitEntry[] = [cpuscaler, hpa, kedaAutoScaler]

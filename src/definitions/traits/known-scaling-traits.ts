import type { TraitEntry } from '../definition.ts'
import { anything, fields, flag, integer, list, map, oneOf, openFields, optional, preset, required, text } from '../schema.ts'
import { knownTrait } from './known-trait.ts'

const WHY = 'automatic scaling is not supported yet; the number of replicas stays fixed'

const target = { targetAPIVersion: preset(text(), 'apps/v1'), targetKind: preset(text(), 'Deployment') }
const limits = { min: preset(integer({ min: 0 }), 1), max: preset(integer({ min: 0 }), 10) }
const metric = fields({ type: preset(oneOf('Utilization', 'AverageValue'), 'Utilization'), value: preset(integer(), 50) })

/** Autoscaling traits. Source: KubeVela definitions and the keda, cronhpa and crane addons. */
export const knownScalingTraits: readonly TraitEntry[] = [
  knownTrait({ type: 'cpuscaler', why: WHY, parameters: fields({ ...limits, cpuUtil: preset(integer(), 50), ...target }) }),
  knownTrait({
    type: 'hpa',
    why: WHY,
    parameters: fields({
      ...limits,
      ...target,
      cpu: optional(metric),
      mem: optional(metric),
      podCustomMetrics: optional(list(fields({ name: required(text()), value: required(text()) }))),
    }),
  }),
  knownTrait({
    type: 'keda-auto-scaler',
    why: WHY,
    parameters: fields({
      triggers: required(list(openFields({ type: required(text()), metadata: optional(map(anything())) }))),
      scaleTargetRef: optional(
        fields({
          apiVersion: preset(text(), 'apps/v1'),
          kind: preset(text(), 'Deployment'),
          name: optional(text()),
          envSourceContainerName: preset(text(), ''),
        }),
      ),
      pollingInterval: preset(integer({ min: 1 }), 30),
      cooldownPeriod: preset(integer({ min: 0 }), 60),
      idleReplicaCount: preset(integer({ min: 0 }), 0),
      minReplicaCount: preset(integer({ min: 0 }), 1),
      maxReplicaCount: preset(integer({ min: 0 }), 100),
      fallback: optional(fields({ failureThreshold: preset(integer(), 3), replicas: optional(integer()) })),
    }),
  }),
  knownTrait({
    type: 'cronhpa',
    why: WHY,
    parameters: fields({
      hpaJobs: required(
        list(
          fields({ name: required(text()), schedule: required(text()), targetSize: required(integer()), runOnce: preset(flag(), false) }),
        ),
      ),
      excludeDates: optional(list(text())),
      ...target,
    }),
  }),
  knownTrait({
    type: 'effective-hpa',
    why: WHY,
    parameters: openFields({
      min: optional(integer()),
      max: optional(integer()),
      cpuUtil: preset(integer(), 50),
      enablePrediction: preset(flag(), true),
      predictionWindowSeconds: preset(integer(), 3600),
    }),
  }),
]

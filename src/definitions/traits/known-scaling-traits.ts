import type { TraitEntry } from '../definition.ts'
import { fields, flag, integer, list, openFields, optional, preset, required, text } from '../schema.ts'
import { knownTrait } from './known-trait.ts'

const WHY = 'this autoscaler is not supported; the number of replicas stays fixed'

const target = { targetAPIVersion: preset(text(), 'apps/v1'), targetKind: preset(text(), 'Deployment') }
/** Autoscaling traits of addons. Source: the cronhpa and crane addons of KubeVela. */
export const knownScalingTraits: readonly TraitEntry[] = [
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

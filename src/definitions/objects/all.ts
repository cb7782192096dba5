import type { ComponentTypeEntry, TraitEntry } from '../definition.ts'
import { horizontalPodAutoscaler, olderAutoscaler } from './horizontal-pod-autoscaler.ts'
import { httpScaledObject } from './http-scaled-object.ts'
import { scaledJob } from './scaled-job.ts'
import { scaledObject } from './scaled-object.ts'

/** Documents that scale a component, as uses that are applied after its traits, and the one that is a component itself. */
export const scalingObjects: readonly (TraitEntry | ComponentTypeEntry)[] = [
  scaledObject,
  horizontalPodAutoscaler,
  olderAutoscaler,
  httpScaledObject,
  scaledJob,
]

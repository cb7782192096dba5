import type { TraitEntry } from '../definition.ts'
import { horizontalPodAutoscaler, olderAutoscaler } from './horizontal-pod-autoscaler.ts'
import { httpScaledObject } from './http-scaled-object.ts'
import { scaledObject } from './scaled-object.ts'

/** Documents that scale a component, as uses that are applied after its traits. */
export const scalingObjects: readonly TraitEntry[] = [scaledObject, horizontalPodAutoscaler, olderAutoscaler, httpScaledObject]

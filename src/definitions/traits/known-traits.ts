import type { TraitEntry } from '../definition.ts'
import { knownAddonTraits } from './known-addon-traits.ts'
import { knownPodTraits } from './known-pod-traits.ts'
import { knownScalingTraits } from './known-scaling-traits.ts'

/** Traits of KubeVela and its addons that are accepted and listed, but change nothing. */
export const knownTraits: readonly TraitEntry[] = [...knownScalingTraits, ...knownPodTraits, ...knownAddonTraits]

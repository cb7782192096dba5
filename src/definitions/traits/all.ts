import type { TraitEntry } from '../definition.ts'
import { autoscalers } from './autoscalers.ts'
import { componentTraits } from './component-traits.ts'
import { containerTraits } from './container-traits.ts'
import { knownAddonTraits } from './known-addon-traits.ts'
import { knownPodTraits } from './known-pod-traits.ts'
import { knownScalingTraits } from './known-scaling-traits.ts'

export const traits: readonly TraitEntry[] = [
  ...componentTraits,
  ...containerTraits,
  ...autoscalers,
  ...knownScalingTraits,
  ...knownPodTraits,
  ...knownAddonTraits,
]

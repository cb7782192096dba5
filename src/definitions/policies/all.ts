import type { PolicyEntry } from '../definition.ts'
import { knownPolicies } from './known.ts'
import { applyOnce, garbageCollect, override, topology } from './simulated.ts'

export const policies: readonly PolicyEntry[] = [topology, override, garbageCollect, applyOnce, ...knownPolicies]

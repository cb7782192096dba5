import { report } from './harness.ts'
import { measureControlPass } from './house/control-pass.ts'
import { measureHeldRequest } from './house/held-request.ts'
import { measureManifests } from './house/manifests.ts'
import { measureMemory } from './house/memory.ts'
import { measurePlanPass } from './house/plan.ts'
import { measurePs } from './house/ps.ts'

const parts = {
  plan: measurePlanPass,
  control: measureControlPass,
  ps: measurePs,
  memory: measureMemory,
  held: measureHeldRequest,
  manifests: measureManifests,
}

// One part after the other, so that none disturbs another. `HOUSE_PARTS=ps,held` runs some of them.
const chosen = process.env.HOUSE_PARTS?.split(',') ?? Object.keys(parts)
for (const [name, measure] of Object.entries(parts)) if (chosen.includes(name)) report(await measure())

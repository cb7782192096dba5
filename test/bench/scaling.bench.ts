import { report } from './harness.ts'
import { measureSimulation } from './scaling/simulation.ts'

const parts = {
  simulation: measureSimulation,
}

// One part after the other, so that none disturbs another. `SCALING_PARTS=simulation` runs some of them.
const chosen = process.env.SCALING_PARTS?.split(',') ?? Object.keys(parts)
for (const [name, measure] of Object.entries(parts)) if (chosen.includes(name)) report(await measure())

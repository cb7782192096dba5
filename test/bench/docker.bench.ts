import { TEST_ENGINE } from '../kit/docker/engine.ts'
import { startEngineWithImages } from '../kit/docker/images.ts'
import { measureHeldRequest } from './docker/held-request.ts'
import { measureLifeCycle } from './docker/life-cycle.ts'
import { measureMemory } from './docker/memory.ts'
import { measureSampling } from './docker/sampling.ts'
import { measureStarts } from './docker/starts.ts'
import { report } from './harness.ts'

const parts = {
  cycle: measureLifeCycle,
  starts: measureStarts,
  held: measureHeldRequest,
  memory: measureMemory,
  sampling: measureSampling,
}

// An engine of its own, so that nothing else is on it. `DOCKER_PARTS=cycle,held` runs some of the parts.
const chosen = process.env.DOCKER_PARTS?.split(',') ?? Object.keys(parts)
await using engine = await startEngineWithImages('docker-with-bridge')
process.env[TEST_ENGINE] = engine.endpoint
for (const [name, measure] of Object.entries(parts)) if (chosen.includes(name)) report(await measure())

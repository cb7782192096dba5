import { loadavg } from 'node:os'
import { TEST_ENGINE } from '../kit/docker/engine.ts'
import { startEngineWithImages } from '../kit/docker/images.ts'
import { report } from './harness.ts'
import { measureContainers } from './wake/containers.ts'
import { measureProcesses } from './wake/processes.ts'

// `WAKE_PARTS=process` runs one of the parts; docker has an engine of its own, so that nothing else is on it.
const chosen = process.env.WAKE_PARTS?.split(',') ?? ['process', 'docker']
const rounds = Number(process.env.WAKE_ROUNDS ?? 15)
const sayLoad = (when: string): void =>
  console.log(
    `load of the machine ${when}: ${loadavg()
      .map((load) => load.toFixed(1))
      .join(' ')}`,
  )

sayLoad('before')
if (chosen.includes('process')) report(await measureProcesses(rounds))
if (chosen.includes('docker')) {
  await using engine = await startEngineWithImages('docker-with-bridge')
  process.env[TEST_ENGINE] = engine.endpoint
  report(await measureContainers(rounds))
}
sayLoad('after')

import { spawn } from 'node:child_process'
import { systemClock } from '../../../runtime/time/system-clock.ts'
import { testDocker } from '../../kit/docker/engine.ts'
import { type Goal, median } from '../harness.ts'
import { application, buildFiveImages } from './five-images.ts'
import { DockerPlace } from './place.ts'

/** After this time nothing of the start or of the last command is going on any more. */
const SETTLE_MS = 12_000
const LIMIT = 2

/** Resident memory of a daemon that has an environment of five components on the engine, against a Node with one timer. */
export async function measureMemory(rounds = 3): Promise<readonly Goal[]> {
  await buildFiveImages(testDocker())
  const seen: { readonly daemon: number; readonly bare: number }[] = []
  for (let round = 0; round < rounds; round++) seen.push(await measureOnce())
  const [daemon, bare] = [median(seen.map((each) => each.daemon)), median(seen.map((each) => each.bare))]
  const detail = `${daemon.toFixed(1)} MiB, ${bare.toFixed(1)} MiB`
  return [{ name: 'daemon with 5 components / idle node', value: daemon / bare, atMost: LIMIT, detail }]
}

async function measureOnce(): Promise<{ readonly daemon: number; readonly bare: number }> {
  using place = new DockerPlace()
  const bare = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { env: place.environment, stdio: 'ignore' })
  try {
    place.write({ 'app.yaml': application(1) })
    place.cli('up', '-d', '--wait')
    place.cli('ps')
    await systemClock.sleep(SETTLE_MS)
    return { daemon: place.residentOf(place.daemon.pid), bare: place.residentOf(bare.pid ?? 0) }
  } finally {
    bare.kill()
  }
}

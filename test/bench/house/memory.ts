import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { systemClock } from '../../../runtime/time/system-clock.ts'
import { launchDaemon } from '../../../src/cli/client/launch.ts'
import { systemIo } from '../../../src/cli/system-io.ts'
import { type Goal, median } from '../harness.ts'
import { BenchPlace, DIST } from './place.ts'

/** After this time nothing of the start or of the last command is going on any more. */
const SETTLE_MS = 12_000
const LIMIT = 1.5

interface Residents {
  readonly bare: number
  readonly fresh: number
  readonly served: number
}

/** Resident memory of the daemon when nothing happens, against a Node with one timer. Goal: 1.5, whatever happened before. */
export async function measureMemory(rounds = 3): Promise<readonly Goal[]> {
  const seen: Residents[] = []
  for (let round = 0; round < rounds; round++) seen.push(await measureOnce())
  const bare = median(seen.map((each) => each.bare))
  const goal = (name: string, value: number): Goal => {
    const detail = `${value.toFixed(1)} MiB, ${bare.toFixed(1)} MiB`
    return { name, value: value / bare, atMost: LIMIT, detail }
  }
  return [
    goal('idle daemon, fresh / idle node', median(seen.map((each) => each.fresh))),
    goal('idle daemon, after up and down / idle node', median(seen.map((each) => each.served))),
  ]
}

async function measureOnce(): Promise<Residents> {
  using fresh = new BenchPlace()
  using served = new BenchPlace()
  const bare = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { env: fresh.environment, stdio: 'ignore' })
  try {
    await Promise.all([launch(fresh), launch(served)])
    served.cli('up', '-d', '--wait', '-f', resolve('samples/shop'), '--project-name', 'shop')
    served.cli('ps')
    served.cli('down', '-v')
    await systemClock.sleep(SETTLE_MS)
    return {
      bare: bare.pid === undefined ? Number.NaN : fresh.residentOf(bare.pid),
      fresh: fresh.residentOf(fresh.daemon.pid),
      served: served.residentOf(served.daemon.pid),
    }
  } finally {
    bare.kill()
  }
}

/** As the command line does it, with nothing to do afterwards. */
async function launch(place: BenchPlace): Promise<void> {
  const { version } = JSON.parse(place.cli('version', '--format', 'json').stdout) as { readonly version: string }
  const io = { ...systemIo(), env: place.environment }
  await launchDaemon({ home: place.home, program: join(DIST, 'daemon.js'), version }, io)
}

import { cpSync } from 'node:fs'
import { type Home, withHome } from '../cli.ts'
import { interruptOnce, interruptTwice, killClient, killClientAndDaemon, killDaemonUnderClient } from './clients.ts'
import { killDaemonInUpdate, killEverything, leaveUntilLeaseEnds, replaceDaemon } from './daemons.ts'
import { endLastApplication, keepVolumes } from './endings.ts'
import { killEdge, killGuard, killOneOfTwo, killOnlyReplica, killSideContainer } from './programs.ts'

/** One row of the life-cycle table: who ends, and a run that throws unless what must happen happens and nothing is left over. */
export interface LifeCycleRow {
  readonly name: string
  readonly run: (home: Home) => Promise<void>
}

/** The life-cycle table. Source: design, section 15. */
export const LIFE_CYCLE_ROWS: readonly LifeCycleRow[] = [
  { name: 'Ctrl-C once: graceful, no process is left', run: interruptOnce },
  { name: 'Ctrl-C twice: at once', run: interruptTwice },
  { name: 'kill -9 of the foreground client: its application ends after 10 s, others stay', run: killClient },
  { name: 'kill -9 of the daemon in a rolling update: served meanwhile, finished by the next command', run: killDaemonInUpdate },
  { name: 'kill -9 of the daemon and nobody comes: the guard ends everything', run: leaveUntilLeaseEnds },
  { name: 'kill -9 of the edge: same ports, last table, also without a daemon', run: killEdge },
  { name: 'kill -9 of the only replica: requests wait, restarted in place', run: killOnlyReplica },
  { name: 'kill -9 of one of two replicas: only its own requests fail', run: killOneOfTwo },
  { name: 'kill -9 of a side container: restarted in place', run: killSideContainer },
  { name: 'kill -9 of the guard: restarted by the daemon, or by the edge', run: killGuard },
  { name: 'kill -9 of daemon and foreground client: the next daemon ends the application after 10 s', run: killClientAndDaemon },
  { name: 'kill -9 of the daemon under a foreground client: the client comes back', run: killDaemonUnderClient },
  { name: 'the last application goes: edge at once, daemon and guard when idle', run: endLastApplication },
  { name: 'down keeps volumes, down -v does not', run: keepVolumes },
  { name: 'kill -9 of everything: the next up works, nothing is doubled', run: killEverything },
  { name: 'a command of another version replaces the daemon, not the replicas', run: replaceDaemon },
]

/** Runs a row in a home of its own. With `KEEP_FAILED=1` a copy of the state directory of a row that failed stays beside it. */
export async function runRow({ run }: LifeCycleRow): Promise<void> {
  await using home = withHome()
  try {
    await run(home)
  } catch (error) {
    if (process.env['KEEP_FAILED'] === '1')
      cpSync(home.path, `${home.path}-failed`, { recursive: true, filter: (path) => !path.endsWith('.sock') })
    throw error
  }
}

import { readFileSync, statSync } from 'node:fs'
import { constants, userInfo } from 'node:os'
import { formatDuration } from '../../../src/kernel/duration.ts'
import { after, formatInstant, type Instant } from '../../../src/kernel/instant.ts'
import type { ProcessesFacet, ProcessTable } from '../../../src/model/engine.ts'
import { findMembers } from '../../process-identity/process-group.ts'
import {
  childrenOf,
  commandLineOf,
  PAGE_BYTES,
  type ProcessStat,
  readEnvironment,
  readStat,
  TICKS_PER_SECOND,
} from '../../process-identity/process-table-linux.ts'
import { codeOf } from '../../process-identity/system-error.ts'
import { chooseContainer } from './container-context.ts'
import { faults } from './faults.ts'
import { isShim, untilProgramRuns } from './launch-posix.ts'
import type { ReplicaRegistry } from './replica-registry.ts'

const TITLES = ['PID', 'USER', 'STARTED', 'CPU', 'MEM', 'COMMAND']
const MIB = 1024 * 1024

/** Processes of a container from `/proc`, and signals to the first of them. */
export function processesFacet(registry: ReplicaRegistry): ProcessesFacet {
  const { clock } = registry.context
  return {
    async list(of, name) {
      const replica = await registry.get(of)
      const members = await findMembers(replica.traceOf(chooseContainer(replica, name)))
      const stats = members.map(({ pid }) => readStat(pid)).filter((stat) => stat !== undefined)
      const boot = bootTime(clock.now())
      const programs = stats.filter(({ pid }) => !isShim(readEnvironment(pid))).sort((left, right) => left.pid - right.pid)
      return { titles: TITLES, rows: programs.map((stat) => rowOf(stat, boot)) } satisfies ProcessTable
    },
    async kill(of, { container: name, signal }) {
      const replica = await registry.get(of)
      const container = chooseContainer(replica, name)
      if (!(signal in constants.signals)) throw faults.noSignal(signal)
      if (container.process === undefined || !replica.isRunning(container.name)) throw faults.notRunning(of, container.name)
      const { pid: leader } = container.process
      await untilProgramRuns(leader, clock)
      try {
        process.kill(programOf(leader), signal)
      } catch (error) {
        if (codeOf(error) === 'ESRCH') throw faults.notRunning(of, container.name)
        throw error
      }
    },
  }
}

/** The program itself; where the platform does not tell it, all that its shell started. */
function programOf(leader: number): number {
  if (process.platform === 'win32') return leader
  if (process.platform !== 'linux') return -leader
  return isShim(readEnvironment(leader)) ? (childrenOf(leader)[0] ?? leader) : leader
}

/** CPU is the time used so far, memory what is resident; arguments end where a control character would break the table. */
function rowOf(stat: ProcessStat, boot: Instant): readonly string[] {
  const started = after(boot, (stat.startTicks / TICKS_PER_SECOND) * 1000)
  const memory = `${((stat.residentPages * PAGE_BYTES) / MIB).toFixed(1)} MiB`
  const command = commandLineOf(stat.pid)
    .replace(/\0+$/, '')
    .replaceAll('\0', ' ')
    .replace(/\p{Cc}/gu, '?')
  const cpu = formatDuration((stat.cpuTicks / TICKS_PER_SECOND) * 1000)
  return [String(stat.pid), userOf(stat.pid), formatInstant(started), cpu, memory, command]
}

function userOf(pid: number): string {
  try {
    const { uid } = statSync(`/proc/${pid}`)
    const own = userInfo()
    return uid === own.uid ? own.username : String(uid)
  } catch {
    return '?'
  }
}

/** When the machine started, by its own clock. Source: proc(5), `uptime`. */
function bootTime(now: Instant): Instant {
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0])
  return after(now, -uptime * 1000)
}

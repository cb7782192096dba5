import { readdirSync, readFileSync } from 'node:fs'

/** What `/proc/<pid>/stat` says. Source: proc(5). Times in clock ticks, memory in pages. */
export interface ProcessStat {
  readonly pid: number
  readonly state: string
  readonly parent: number
  readonly group: number
  readonly session: number
  readonly cpuTicks: number
  readonly start: string
  /** Clock ticks since the boot of the machine. */
  readonly startTicks: number
  readonly residentPages: number
  /** Part of the kernel: it has no program, no environment and nothing to end. */
  readonly isKernelThread: boolean
}

/** Clock ticks per second: the kernel reports in this unit to user space on every architecture Node runs on. */
export const TICKS_PER_SECOND = 100
export const PAGE_BYTES = 4096
/** `PF_KTHREAD` of the flags. Source: include/linux/sched.h. */
const KERNEL_THREAD = 0x0020_0000

/** One read; undefined when there is no such process. A zombie has state `Z`. */
export function readStat(pid: number): ProcessStat | undefined {
  let text: string
  try {
    // UTF-8, whatever the command's name is made of: Node reads that in one call and without a large buffer.
    text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined
  }
  return parseStat(pid, text)
}

/** The text of `/proc/<pid>/stat`. */
export function parseStat(pid: number, text: string): ProcessStat {
  // The command in parentheses may itself hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const number = (index: number): number => Number(fields[index])
  return {
    pid,
    state: fields[0] ?? 'X',
    parent: number(1),
    group: number(2),
    session: number(3),
    cpuTicks: number(11) + number(12),
    start: `${bootId()}:${fields[19]}`,
    startTicks: number(19),
    residentPages: number(21),
    isKernelThread: (number(6) & KERNEL_THREAD) !== 0,
  }
}

/** Start in clock ticks since boot, with the boot's id: pids and ticks start again after a reboot. */
export function linuxStartTime(pid: number): string | undefined {
  const stat = readStat(pid)
  return stat === undefined || isOver(stat) ? undefined : stat.start
}

/** Dead and perhaps not yet collected by its parent. */
function isOver(stat: ProcessStat): boolean {
  return stat.state === 'Z' || stat.state === 'X'
}

let boot: string | undefined

function bootId(): string {
  boot ??= readBootId()
  return boot
}

function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').slice(0, 8)
  } catch {
    return 'boot'
  }
}

export interface ListedProcess {
  readonly stat: ProcessStat
  /** The environment it was started with, entries between NUL bytes; empty when it belongs to another user. */
  environment(): string
}

let listing: Promise<readonly ListedProcess[]> | undefined

/** All living processes. Calls of the same turn share one walk through `/proc`. */
export function listProcesses(): Promise<readonly ListedProcess[]> {
  listing ??= Promise.resolve().then(() => {
    listing = undefined
    return readAll()
  })
  return listing
}

function readAll(): readonly ListedProcess[] {
  const found: ListedProcess[] = []
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid)) continue
    const stat = readStat(pid)
    // A session of 0 says nothing: inside a container it is that of everything that was started from outside.
    if (stat === undefined || isOver(stat) || stat.isKernelThread) continue
    let environment: string | undefined
    found.push({
      stat,
      environment: () => {
        environment ??= readEnvironment(pid)
        return environment
      },
    })
  }
  return found
}

/** The environment a process was started with, each entry between NUL bytes. */
export function readEnvironment(pid: number): string {
  try {
    return `\0${readFileSync(`/proc/${pid}/environ`, 'utf8')}\0`
  } catch {
    return ''
  }
}

export function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

/** Words separated by NUL; empty for a zombie and for what is gone. */
export function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

/** A Docker daemon that starts clears the chains of any other on the machine, and leaves its own behind: both are put right here. */
export interface Firewall {
  /** Output of iptables-save, undefined where there is no such program. */
  readonly rules: string | undefined
  readonly forwarding: string | undefined
}

const FORWARDING = '/proc/sys/net/ipv4/ip_forward'
const PATH = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`

export function readFirewall(): Firewall {
  const saved = spawnSync('iptables-save', { encoding: 'utf8', env: { PATH } })
  return { rules: saved.status === 0 ? saved.stdout : undefined, forwarding: readForwarding() }
}

/** Puts rules back that the start of our daemon took out of the chains of another one. */
export function repairFirewall(before: Firewall): void {
  const now = readFirewall()
  if (before.rules === undefined || now.rules === undefined) return
  const [old, present] = [tablesOf(before.rules), tablesOf(now.rules)]
  for (const [table, lines] of old) {
    const kept = new Set(present.get(table))
    const lost = lines.filter((line) => /^-A DOCKER|-j DOCKER/.test(line) && !kept.has(line))
    // Each is inserted at the top, the last one first: some of Docker's chains end with a RETURN, behind which a rule has no effect.
    const again = lost.toReversed().map((line) => line.replace(/^-A (\S+)/, '-I $1 1'))
    if (again.length > 0) restore([`*${table}`, ...again, 'COMMIT', ''].join('\n'), ['--noflush'])
  }
}

/**
 * Takes away what our engine left behind: rules about its own bridge, and all chains of its kind where no other one had such chains
 * before and no daemon uses them now.
 */
export function clearFirewall(before: Firewall, bridge: string): void {
  const now = readFirewall()
  if (before.rules === undefined || now.rules === undefined) return
  const { rules } = before
  const alone = countDaemons() === 0
  const families = ['DOCKER', 'NETAVARK'].filter((family) => alone && !rules.includes(`:${family}`))
  const goes = (line: string): boolean =>
    `${line} `.includes(` ${bridge} `) ||
    families.some((family) => line.startsWith(`:${family}`) || line.startsWith(`-A ${family}`) || line.includes(`-j ${family}`)) ||
    (families.includes('DOCKER') && / br-[0-9a-f]{12} /.test(`${line} `))
  const lines = now.rules.split('\n')
  if (!lines.some(goes)) return
  const policy = alone ? /^:FORWARD (\w+)/m.exec(rules)?.[1] : undefined
  const kept = lines.filter((line) => !goes(line))
  restore(kept.map((line) => (policy === undefined ? line : line.replace(/^:FORWARD \w+/, `:FORWARD ${policy}`))).join('\n'), [])
  if (alone && before.forwarding !== undefined) writeFileSync(FORWARDING, before.forwarding)
}

function tablesOf(rules: string): ReadonlyMap<string, readonly string[]> {
  const tables = new Map<string, string[]>()
  let lines: string[] = []
  for (const line of rules.split('\n')) {
    if (line.startsWith('*')) {
      lines = []
      tables.set(line.slice(1), lines)
    } else lines.push(line)
  }
  return tables
}

function restore(text: string, flags: readonly string[]): void {
  const result = spawnSync('iptables-restore', flags, { input: text, encoding: 'utf8', env: { PATH } })
  if (result.status !== 0) process.stderr.write(`iptables-restore: ${result.stderr || result.error?.message}\n`)
}

function readForwarding(): string | undefined {
  try {
    return readFileSync(FORWARDING, 'utf8')
  } catch {
    return undefined
  }
}

function countDaemons(): number {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && commandNameOf(name) === 'dockerd').length
}

function commandNameOf(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return undefined
  }
}

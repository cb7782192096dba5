import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { ensureDebianPackages } from './debian-packages.ts'

const FIRST = 200
const LAST = 250

/** The interface of an engine in this folder: its name may have at most 15 characters. */
export function bridgeOf(folder: string): string {
  return `mp-${folder.slice(-6)}`
}

/** Makes the bridge of a default network, so that `docker run` works as on an engine of the system. Answers its name. */
export function addBridge(folder: string): string {
  ensureDebianPackages({ ip: 'iproute2' }, 'Without it the engine of a bench has no default network.')
  const name = bridgeOf(folder)
  ip('link', 'add', 'name', name, 'type', 'bridge')
  ip('addr', 'add', `${freeAddress()}/24`, 'dev', name)
  ip('link', 'set', name, 'up')
  return name
}

/** Success where there is none. */
export function removeBridge(folder: string): void {
  if (existsSync(`/sys/class/net/${bridgeOf(folder)}`)) ip('link', 'delete', bridgeOf(folder))
}

function freeAddress(): string {
  const taken = Object.values(networkInterfaces()).flatMap((addresses) => addresses?.map(({ address }) => address) ?? [])
  for (let third = FIRST; third <= LAST; third++) {
    if (!taken.some((address) => address.startsWith(`192.168.${third}.`))) return `192.168.${third}.1`
  }
  throw new Error(`every network between 192.168.${FIRST}.0/24 and 192.168.${LAST}.0/24 is taken`)
}

function ip(...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync('ip', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${error?.message ?? stderr}`)
}

import { spawnSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** While this file says so, installing a package starts no service: a test run must not leave a system engine or a database running. */
const SERVICE_POLICY = '/usr/sbin/policy-rc.d'
const LAST_LINES = 15

/** Where a program is, also outside a user's PATH and where Podman has its own; undefined when it is not installed. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/lib/podman']
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

/**
 * Installs the Debian packages of those programs that are missing. Throws, with what else one can do, where that is not possible:
 * not a Debian-like system, not root, or the package cannot be had.
 */
export function ensureDebianPackages(packageOf: Readonly<Record<string, string>>, waysOut: string): void {
  const missing = Object.entries(packageOf).filter(([program]) => findProgram(program) === undefined)
  if (missing.length === 0) return
  const packages = [...new Set(missing.map(([, name]) => name))]
  const programs = missing.map(([program]) => program).join(', ')
  if (process.platform !== 'linux' || findProgram('apt-get') === undefined || process.getuid?.() !== 0) {
    throw new Error(
      `Not on this machine: ${programs}. Only as root on a Debian-like system do the tests install ${packages.join(' and ')}.\n${waysOut}`,
    )
  }
  process.stderr.write(`Installing ${packages.join(', ')} for the tests\n`)
  const failure = withoutServices(() => install(packages))
  if (failure !== undefined) throw new Error(`${packages.join(', ')} cannot be installed.\n${failure}\n${waysOut}`)
}

/** The last lines of what apt says when it fails. The lists of packages may be missing or too old: the second try fetches them first. */
function install(packages: readonly string[]): string | undefined {
  const installation = ['install', '-y', '-qq', '--no-install-recommends', ...packages]
  if (aptGet(installation) === undefined) return undefined
  return aptGet(['update', '-qq']) ?? aptGet(installation)
}

function aptGet(args: readonly string[]): string | undefined {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const result = spawnSync('apt-get', args, { encoding: 'utf8', env })
  if (result.status === 0) return undefined
  return `${result.stdout}${result.stderr}${result.error?.message ?? ''}`.trimEnd().split('\n').slice(-LAST_LINES).join('\n')
}

function withoutServices<T>(work: () => T): T {
  const ours = !existsSync(SERVICE_POLICY)
  if (ours) writeFileSync(SERVICE_POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    return work()
  } finally {
    if (ours) rmSync(SERVICE_POLICY, { force: true })
  }
}

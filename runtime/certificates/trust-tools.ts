import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { createInterface } from 'node:readline/promises'
import type { Clock } from '../../src/kernel/clock.ts'
import { authorityPaths, ensureAuthority, readAuthority } from './authority.ts'
import { type Issuer, PERMITTED_NAMES } from './certificate.ts'

/** What the command line needs to show the authority of a state directory and to let this system trust it. */
export function trustTools(home: string, clock: Pick<Clock, 'now'>) {
  const { certificate } = authorityPaths(home)
  const shown = ({ name, certificate: text, notAfter }: Issuer) => ({ name, path: certificate, text, notAfter, permitted: PERMITTED_NAMES })
  return {
    platform: process.platform,
    userHome: homedir(),
    isRoot: process.getuid?.() === 0,
    find: () => {
      const found = readAuthority(home, clock.now())
      return found === undefined ? undefined : shown(found)
    },
    ensure: () => shown(ensureAuthority(home, clock.now())),
    exists: existsSync,
    read,
    run,
    confirm,
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    // Not there, or not for us: then it says nothing about whom the system trusts.
    return undefined
  }
}

function run([program = '', ...args]: readonly string[], output: 'show' | 'hide'): Promise<number | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: output === 'show' ? 'inherit' : 'ignore', windowsHide: true })
    child.once('error', () => resolve(undefined))
    child.once('close', (code) => resolve(code ?? 1))
  })
}

async function confirm(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim())
  } finally {
    terminal.close()
  }
}

import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { environmentLayout, homeLayout } from './home-layout.ts'

/** Says that an environment has things that are no processes of this machine: only a daemon can end those. */
function marker(home: string, environment: string): string {
  return join(environmentLayout(home, environment).root, 'elsewhere')
}

/** Before the first of them is made. Repeatable. */
export function markElsewhere(home: string, environment: string): void {
  mkdirSync(environmentLayout(home, environment).root, { recursive: true, mode: 0o700 })
  writeFileSync(marker(home, environment), '', { mode: 0o600 })
}

/** After the last of them has gone. Repeatable. */
export function forgetElsewhere(home: string, environment: string): void {
  rmSync(marker(home, environment), { force: true })
  try {
    rmdirSync(environmentLayout(home, environment).root)
  } catch {
    // Something else of the environment is still there.
  }
}

export function isElsewhere(home: string, environment: string): boolean {
  return existsSync(marker(home, environment))
}

/** Whether any environment is marked. */
export function isAnythingElsewhere(home: string): boolean {
  try {
    return readdirSync(homeLayout(home).environments).some((name) => isElsewhere(home, name))
  } catch {
    return false
  }
}

import { faults } from './faults.ts'

const SAFE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,250}$/

/** The name, when it can be that of a directory and of nothing above it. */
export function checkName(what: string, name: string): string {
  if (!SAFE.test(name)) throw faults.badName(what, name)
  return name
}

export function isSafeName(name: string): boolean {
  return SAFE.test(name)
}

import { type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** Which directories to listen to so that every change of some paths is seen, also when a path does not exist yet. */
export interface WatchedPaths {
  readonly roots: readonly string[]
  /** Whether a path inside a root is none of our business. */
  isIgnored(path: string): boolean
  /** What the paths look like at this moment; differs after a change. */
  fingerprint(): string
}

/**
 * A file is watched through its directory, because editors that save by renaming give the name to a new file. A directory stands for
 * its entries, not for what is below them. Of a path that does not exist the nearest ancestor is watched for the next step towards it.
 */
export function resolveWatchedPaths(paths: readonly string[]): WatchedPaths {
  const roots = new Set<string>()
  const whole = new Set<string>()
  const single = new Set<string>()
  for (const path of paths) {
    if (kindOf(path) === 'directory') {
      roots.add(path)
      whole.add(path)
      continue
    }
    let step = path
    while (kindOf(dirname(step)) !== 'directory' && dirname(step) !== step) step = dirname(step)
    roots.add(dirname(step))
    single.add(step)
  }
  return {
    roots: [...roots],
    isIgnored: (path) => !roots.has(path) && !single.has(path) && !whole.has(dirname(path)),
    fingerprint: () => paths.map(fingerprintOf).join('\n'),
  }
}

function kindOf(path: string): 'directory' | 'other' {
  return look(path)?.isDirectory() === true ? 'directory' : 'other'
}

function fingerprintOf(path: string): string {
  const found = look(path)
  return found === undefined ? 'absent' : `${found.ino} ${found.size} ${found.mtimeMs}`
}

function look(path: string): Stats | undefined {
  try {
    return statSync(path)
  } catch {
    return undefined
  }
}

import { lstat, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { IgnoreRules } from './ignore-rules.ts'

/** One thing of a build context, by its path below it, with slashes. */
export type ContextFile = {
  readonly path: string
  /** Permission bits. */
  readonly mode: number
  readonly mtime: Date
} & (
  | { readonly type: 'file'; readonly source: string; readonly size: number }
  | { readonly type: 'directory' }
  | { readonly type: 'symlink'; readonly target: string }
)

/**
 * Everything below a directory that is not ignored, each directory before what is in it, in the order of names, so that the
 * same files make the same archive. Links are not followed; sockets and devices are left out.
 */
export async function* listContext(root: string, rules: IgnoreRules, below = ''): AsyncGenerator<ContextFile> {
  const names = (await readdir(join(root, below))).sort()
  for (const name of names) {
    const path = below === '' ? name : `${below}/${name}`
    const ignored = rules.ignores(path)
    const source = join(root, path)
    const stats = await lstat(source)
    const common = { path, mode: permissions(stats.mode), mtime: stats.mtime }
    if (stats.isDirectory()) {
      if (ignored && rules.prunes(path)) continue
      if (!ignored) yield { ...common, type: 'directory' }
      yield* listContext(root, rules, path)
    } else if (!ignored) {
      if (stats.isSymbolicLink()) yield { ...common, type: 'symlink', target: await readlink(source) }
      else if (stats.isFile()) yield { ...common, type: 'file', source, size: stats.size }
    }
  }
}

/** Windows has no bit that says "may be run". */
function permissions(mode: number): number {
  return process.platform === 'win32' ? 0o755 : mode & 0o7777
}

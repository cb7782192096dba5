import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/** A file of the repository as the rules see it: its path from the root, with forward slashes, and its text. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

/** What a rule found: where, and what would be right. */
export interface Violation {
  readonly path: string
  readonly message: string
}

/** The repository's root folder. */
export const repositoryRoot = join(import.meta.dirname, '..', '..', '..')

/** Folders that the rules look at. */
export const ruledFolders = ['src', 'sidecars', 'runtime', 'test'] as const

const generated = new Set(['node_modules', 'dist', 'fixtures', 'golden', '.minipaas'])

/** All files below the named folders of a root, sorted; folders that do not exist are empty. */
export function readSourceFiles(root: string, folders: readonly string[], extension: string): SourceFile[] {
  return folders
    .flatMap((folder) => listFiles(join(root, folder)))
    .filter((path) => path.endsWith(extension))
    .map((path) => ({ path: relative(root, path).split(sep).join('/'), text: readFileSync(path, 'utf8') }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Names of the folders directly below a folder, sorted; empty when it does not exist. */
export function listFolders(folder: string): string[] {
  return entriesOf(folder)
    .filter((entry) => entry.isDirectory() && !generated.has(entry.name))
    .map((entry) => entry.name)
    .sort()
}

function listFiles(folder: string): string[] {
  return entriesOf(folder).flatMap((entry) => {
    if (generated.has(entry.name)) return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? listFiles(path) : [path]
  })
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

/** One line per violation, for an assertion that shows them all. */
export function printViolations(violations: readonly Violation[]): string {
  return violations.map(({ path, message }) => `${path}: ${message}`).join('\n')
}

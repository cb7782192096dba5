import { posix } from 'node:path'
import type { ReplicaSpec } from '../../../../src/model/engine.ts'
import type { Volume } from '../../../../src/model/pod.ts'
import { faults } from '../faults.ts'
import type { ArchiveEntry } from './archive.ts'
import { insidePath } from './mounts.ts'

const DIRECTORY_MODE = 0o755

/** Content of a config map or secret volume, directories before what is in them. A missing object or key is a fault. */
export function volumeEntries(spec: ReplicaSpec, { name: volume, source }: Volume): readonly ArchiveEntry[] {
  if (source.type !== 'config' && source.type !== 'secret') return []
  const { component } = spec.revision
  const files = spec.filesOf({ kind: source.type, name: source.name })
  if (files === undefined) throw faults.badMount(component, volume, `there is no ${source.type} ${source.name}`)
  const items = source.items ?? [...files.keys()].map((key) => ({ key, path: key }))
  const directories = new Set<string>()
  const entries: ArchiveEntry[] = []
  for (const item of items) {
    const content = files.get(item.key)
    if (content === undefined) throw faults.badMount(component, volume, `${source.name} has no key ${item.key}`)
    const name = insidePath(item.path)
    if (name === undefined) throw faults.badMount(component, volume, `the path ${item.path} leaves the volume`)
    for (const parent of parentsOf(name)) directories.add(parent)
    entries.push({ type: 'file', name, mode: ('mode' in item ? item.mode : undefined) ?? source.mode, content })
  }
  const made = [...directories].sort().map((directory): ArchiveEntry => ({ type: 'directory', name: directory, mode: DIRECTORY_MODE }))
  return [...made, ...entries]
}

/** `a/b/c` → `a`, `a/b`. */
function parentsOf(path: string): readonly string[] {
  const parents: string[] = []
  for (let parent = posix.dirname(path); parent !== '.'; parent = posix.dirname(parent)) parents.push(parent)
  return parents
}

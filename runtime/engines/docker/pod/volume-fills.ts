import type { ReplicaSpec } from '../../../../src/model/engine.ts'
import type { DockerContext } from '../context.ts'
import type { VolumeFill } from './carrier.ts'
import { volumeEntries } from './files.ts'
import { runsAsRoot } from './image-user.ts'
import { together } from './together.ts'
import type { UsedVolume } from './used-volumes.ts'

/** What has to be put into volumes before containers run; those that need nothing are left out. */
export async function fillsOf(context: DockerContext, spec: ReplicaSpec, made: readonly UsedVolume[]): Promise<readonly VolumeFill[]> {
  const fills = await together(made.map((used) => fillOf(context, spec, used)))
  return fills.filter(({ entries, open }) => entries.length > 0 || open.length > 0)
}

async function fillOf(context: DockerContext, spec: ReplicaSpec, { name, volume, writers }: UsedVolume): Promise<VolumeFill> {
  const { source } = volume
  if (source.type === 'config' || source.type === 'secret') return { volume: name, entries: volumeEntries(spec, volume), open: [] }
  if (source.type === 'empty' && source.medium === 'memory') return { volume: name, entries: [], open: [] }
  const open = new Set<string>()
  for (const { directory, image } of writers) if (!(await runsAsRoot(context, image))) open.add(directory)
  return { volume: name, entries: [], open: [...open] }
}

import type { Component, Note } from '../model/component.ts'
import type { EngineTraits } from '../model/engine.ts'

/** The notes of a component, and what the engine it runs on does differently. */
export function notesOf(component: Component, engine: EngineTraits): readonly Note[] {
  if (engine.runs !== 'processes') return component.notes
  const { pod, key, origin } = component
  const containers = [...pod.initContainers, ...pod.containers]
  const note = (text: string): Note => ({ kind: 'approximated', subject: key, text, origin })
  const mounted = containers.some((container) => container.mounts.length > 0)
  const limited = containers.some(({ limits }) => limits.cpu !== undefined || limits.memoryBytes !== undefined)
  return [
    ...component.notes,
    ...(mounted ? [note('a volume is a directory of this machine; its path is in MINIPAAS_MOUNT_<NAME>, not at the mount path')] : []),
    ...(limited ? [note('plain processes are not limited in CPU and memory')] : []),
  ]
}

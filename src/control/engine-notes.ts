import type { Component, Note } from '../model/component.ts'
import type { ControlState } from './state.ts'

/** The notes of a component, and what the engine it runs on does differently. */
export function notesOf(component: Component, engine: ControlState['engine']): readonly Note[] {
  const { pod, key, origin, scale } = component
  const note = (text: string): Note => ({ kind: 'approximated', subject: key, text, origin })
  const standby = (scale.standby ?? 0) > 0 && engine.freezes !== true
  const notes = standby
    ? [...component.notes, note(`a standby is left running, and takes no requests: the ${engine.name} engine cannot freeze it here`)]
    : component.notes
  if (engine.traits.runs !== 'processes') return notes
  const containers = [...pod.initContainers, ...pod.containers]
  const mounted = containers.some((container) => container.mounts.length > 0)
  const limited = containers.some(({ limits }) => limits.cpu !== undefined || limits.memoryBytes !== undefined)
  return [
    ...notes,
    ...(mounted ? [note('a volume is a directory of this machine; its path is in MINIPAAS_MOUNT_<NAME>, not at the mount path')] : []),
    ...(limited ? [note('plain processes are not limited in CPU and memory')] : []),
  ]
}

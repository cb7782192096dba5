import type Docker from 'dockerode'
import type { Stray } from '../../../src/model/observed.ts'
import type { ContainerFacts } from './container-facts.ts'
import { joinedSandbox } from './containers.ts'
import { LABELS } from './labels.ts'
import type { SeenContainer } from './observe-replica.ts'
import { readPodRecord } from './pod-record.ts'
import { readSandbox, type SandboxRecord } from './sandbox-record.ts'

/** The containers of an environment, told apart by what their labels say. */
export interface ContainersByRole {
  readonly pods: readonly SeenContainer[]
  /** By id. */
  readonly sandboxes: ReadonlyMap<string, SandboxRecord>
  readonly strays: readonly Stray[]
}

/** `network` is the name of the environment's network on the engine. */
export function sortContainers(
  listed: readonly Docker.ContainerInfo[],
  facts: ReadonlyMap<string, ContainerFacts>,
  network: string,
): ContainersByRole {
  const pods: SeenContainer[] = []
  const sandboxes = new Map<string, SandboxRecord>()
  const strays: Stray[] = []
  for (const container of listed) {
    const { Id: id, Labels: labels } = container
    const of = facts.get(id)
    // It went while we looked.
    if (of === undefined) continue
    if (labels[LABELS.role] === 'sandbox') {
      const sandbox = readSandbox(container, of, network)
      if (sandbox === undefined) strays.push({ id: id.slice(0, 12), why: 'bad-labels' })
      else sandboxes.set(id, sandbox)
      continue
    }
    const record = readPodRecord(labels)
    if (record === undefined) strays.push({ id: id.slice(0, 12), why: 'bad-labels' })
    else pods.push({ id, record, facts: of, joined: joinedSandbox(container) })
  }
  return { pods, sandboxes, strays }
}

import type Docker from 'dockerode'
import type { Instant } from '../../../src/kernel/instant.ts'
import type { ComponentKey } from '../../../src/model/names.ts'
import type { ContainerFacts } from './container-facts.ts'
import { networksOf } from './containers.ts'
import { LABELS } from './labels.ts'

/** A sandbox as an observation sees it. */
export interface SandboxRecord {
  readonly id: string
  readonly component: ComponentKey
  readonly ordinal: number
  readonly startedAt?: Instant
  readonly isOver: boolean
  /** On the environment's network, while it runs. */
  readonly address?: string
}

/** Undefined when its labels do not say whose it is. */
export function readSandbox(
  listed: Pick<Docker.ContainerInfo, 'Id' | 'Labels' | 'NetworkSettings'>,
  facts: ContainerFacts,
  network: string,
): SandboxRecord | undefined {
  const { [LABELS.component]: component = '', [LABELS.ordinal]: ordinal = '' } = listed.Labels
  if (component === '' || !/^\d{1,15}$/.test(ordinal)) return undefined
  const address = networksOf(listed)[network]?.IPAddress ?? ''
  return {
    id: listed.Id,
    component: component as ComponentKey,
    ordinal: Number(ordinal),
    ...(facts.startedAt === undefined ? {} : { startedAt: facts.startedAt }),
    isOver: facts.state === 'exited',
    ...(address === '' || facts.state !== 'running' ? {} : { address }),
  }
}

/** Why containers that joined this sandbox have no network any more; undefined when they have it. */
export function whyCutOff(sandbox: SandboxRecord | undefined, joined: Pick<ContainerFacts, 'startedAt'>): string | undefined {
  if (sandbox === undefined) return 'its sandbox was removed from the engine'
  if (sandbox.isOver) return 'its sandbox ended'
  if (sandbox.address === undefined) return 'its sandbox was taken off the network'
  if (sandbox.startedAt !== undefined && joined.startedAt !== undefined && joined.startedAt < sandbox.startedAt)
    return 'its sandbox was started anew'
  return undefined
}

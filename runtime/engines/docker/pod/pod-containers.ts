import type Docker from 'dockerode'
import type { ReplicaRef } from '../../../../src/model/engine.ts'
import type { ComponentKey } from '../../../../src/model/names.ts'
import type { ContainerRole } from '../../../../src/model/observed.ts'
import type { Hook } from '../../../../src/model/probe.ts'
import { type ContainerState, readState } from '../container-state.ts'
import { ours } from '../containers.ts'
import type { DockerContext } from '../context.ts'
import { faults } from '../faults.ts'
import { LABELS } from '../labels.ts'

/** A container of a replica as its labels and the engine's list tell it. */
export interface PodContainer {
  readonly id: string
  readonly name: string
  readonly role: ContainerRole
  readonly restarts: number
  readonly hash: string
  readonly component: ComponentKey
  readonly ordinal: number
  readonly state: ContainerState
  /** Id of the sandbox that it joined. */
  readonly sandbox: string
  readonly preStop?: Hook
}

/** All containers of a replica, earlier runs included; the latest run of each first. */
export async function listPodContainers(context: DockerContext, of: ReplicaRef, signal: AbortSignal): Promise<readonly PodContainer[]> {
  const { label } = ours(context, of.owner, 'pod')
  const filters = { label: [...label, `${LABELS.replica}=${of.id}`] }
  const found = await context.docker.listContainers({ all: true, filters, abortSignal: signal })
  return found.map(toPodContainer).sort((left, right) => right.restarts - left.restarts)
}

/** The same, when there is at least one; otherwise a `not-found` fault. */
export async function findPodContainers(context: DockerContext, of: ReplicaRef, signal: AbortSignal): Promise<readonly PodContainer[]> {
  const found = await listPodContainers(context, of, signal)
  if (found.length === 0) throw faults.noReplica(of)
  return found
}

/** The latest run of each container. */
export function latestRuns(containers: readonly PodContainer[]): readonly PodContainer[] {
  const seen = new Set<string>()
  return containers.filter(({ name }) => !seen.has(name) && seen.add(name))
}

/** The latest run of the named container, or of the application. */
export function choosePodContainer(containers: readonly PodContainer[], of: ReplicaRef, name?: string): PodContainer {
  const found = containers.find((container) => (name === undefined ? container.role === 'app' : container.name === name))
  if (found !== undefined) return found
  throw faults.noContainer(
    of,
    name ?? 'app',
    latestRuns(containers).map((container) => container.name),
  )
}

/** The same, when it runs; otherwise a fault. */
export async function runningContainer(
  context: DockerContext,
  of: ReplicaRef,
  wanted: { readonly name: string | undefined; readonly signal: AbortSignal },
): Promise<PodContainer> {
  const found = choosePodContainer(await findPodContainers(context, of, wanted.signal), of, wanted.name)
  if (found.state !== 'running') throw faults.notRunning(of, found.name)
  return found
}

export function isAlive({ state }: PodContainer): boolean {
  return state === 'running' || state === 'paused'
}

/** Whether a start came to its end: what was only created never ran. */
export function isStarted(containers: readonly PodContainer[]): boolean {
  const main = latestRuns(containers).filter(({ role }) => role !== 'init')
  return main.length > 0 && main.every(({ state, restarts }) => state !== 'created' || restarts > 0)
}

function toPodContainer({ Id: id, Labels: labels, State: state }: Docker.ContainerInfo): PodContainer {
  const preStop = hookOf(labels[LABELS.preStop])
  return {
    id,
    name: labels[LABELS.container] ?? '',
    role: roleOf(labels[LABELS.containerRole]),
    restarts: Number(labels[LABELS.restarts] ?? 0),
    hash: labels[LABELS.hash] ?? '',
    component: (labels[LABELS.component] ?? '') as ComponentKey,
    ordinal: Number(labels[LABELS.ordinal] ?? 0),
    state: readState(state),
    sandbox: labels[LABELS.sandbox] ?? '',
    ...(preStop === undefined ? {} : { preStop }),
  }
}

function roleOf(text: string | undefined): ContainerRole {
  return text === 'init' || text === 'sidecar' ? text : 'app'
}

function hookOf(text: string | undefined): Hook | undefined {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as Hook
  } catch {
    // Somebody else's label: there is nothing to run.
    return undefined
  }
}

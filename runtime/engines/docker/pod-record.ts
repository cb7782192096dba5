import type { ComponentKey, ReplicaId, RevisionId } from '../../../src/model/names.ts'
import type { ContainerRole } from '../../../src/model/observed.ts'
import { LABELS, type Labels, type MemberLabel } from './labels.ts'

/** What the labels of a replica's container tell. */
export interface PodRecord {
  readonly replica: ReplicaId
  readonly app: string
  readonly component: ComponentKey
  readonly revision: RevisionId
  readonly ordinal: number
  readonly restartToken: number
  readonly pushToken: number
  readonly container: string
  readonly role: ContainerRole
  readonly restarts: number
  /** The containers that stay, the application first. */
  readonly members: readonly MemberLabel[]
  readonly ports: readonly number[]
}

/** Undefined when the labels do not tell everything: somebody else wrote them, or a version that this one does not know. */
export function readPodRecord(labels: Labels): PodRecord | undefined {
  const text = (label: string): string => labels[label] ?? ''
  const [replica, app, component, revision, container] = [
    text(LABELS.replica),
    text(LABELS.app),
    text(LABELS.component),
    text(LABELS.revision),
    text(LABELS.container),
  ]
  const role = text(LABELS.containerRole)
  const [ordinal, restartToken, pushToken, restarts] = [
    count(labels[LABELS.ordinal]),
    count(labels[LABELS.restartToken]),
    count(labels[LABELS.pushToken]),
    count(labels[LABELS.restarts]),
  ]
  const members = parseList(labels[LABELS.members], isMember)
  const ports = parseList(labels[LABELS.ports], (value) => typeof value === 'number')
  if ([replica, app, component, revision, container].includes('') || !isRole(role)) return undefined
  if (ordinal === undefined || restartToken === undefined || pushToken === undefined || restarts === undefined) return undefined
  if (members === undefined || ports === undefined) return undefined
  return {
    replica: replica as ReplicaId,
    app,
    component: component as ComponentKey,
    revision: revision as RevisionId,
    ordinal,
    restartToken,
    pushToken,
    container,
    role,
    restarts,
    members,
    ports,
  }
}

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

function isRole(text: string): text is ContainerRole {
  return text === 'init' || text === 'app' || text === 'sidecar'
}

function isMember(value: unknown): value is MemberLabel {
  if (typeof value !== 'object' || value === null || !('name' in value) || !('role' in value)) return false
  return typeof value.name === 'string' && typeof value.role === 'string' && isRole(value.role)
}

function parseList<T>(text: string | undefined, is: (value: unknown) => value is T): readonly T[] | undefined {
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) && value.every(is) ? value : undefined
  } catch {
    // Not JSON: as if it were missing, and the caller reports the container as a stray.
    return undefined
  }
}

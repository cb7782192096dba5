import { unreachable } from '../../kernel/fault.ts'
import type { ComponentKey, ReplicaId, RevisionId } from '../../model/names.ts'
import type { Action, StepKey } from '../../model/step.ts'

/** Action, subject and fingerprint in words, stable across passes. The fingerprint tells one attempt's reason from another's. */
export function stepKey(action: Action, fingerprint?: string): StepKey {
  const text = `${action.do} ${subjectOf(action)}`
  return (fingerprint === undefined ? text : `${text} ${fingerprint}`) as StepKey
}

/** What an action acts on, for keys and for the printed plan. */
export function subjectOf(action: Action): string {
  switch (action.do) {
    case 'ensureNetwork':
    case 'ensureVolume':
    case 'removeVolume':
    case 'removeNetwork':
      return action.name
    case 'pullImage':
    case 'buildImage':
    case 'removeImage':
      return action.ref
    case 'startReplica':
    case 'awaitReady':
    case 'drainReplica':
    case 'removeReplica':
    case 'pushFiles':
    case 'freezeReplica':
    case 'thawReplica':
      return action.replica
    case 'restartApp':
    case 'execInReplica':
      return `${action.replica}/${action.container}`
    case 'restartSidecar':
      return `${action.replica}/${action.sidecar}`
    case 'prepareSandbox':
    case 'removeSandbox':
      return `${action.component}/${action.ordinal}`
    case 'removeStray':
      return action.id
    default:
      return unreachable(action)
  }
}

/** The fingerprint of making an image anew: the next `up` is a new attempt. */
export function renewalFingerprint(up: number): string {
  return `up ${up}`
}

/** The image and the `up` that the key of a renewal says, or undefined for any other key. */
export function readRenewal(key: StepKey): { readonly ref: string; readonly up: number } | undefined {
  const [, ref, up] = /^(?:pullImage|buildImage) (\S+) up (\d+)$/.exec(key) ?? []
  return ref === undefined ? undefined : { ref, up: Number(up) }
}

/** A start that was ordered under an earlier observation. */
export interface OrderedStart {
  readonly replica: ReplicaId
  readonly component: ComponentKey
  readonly revision: RevisionId
  readonly ordinal: number
  readonly restartToken: number
}

const startKey = /^startReplica (((.+)--[^ ]+)\.(\d+)) token (\d+)$/

/** The fingerprint of a start: a new restart token is a new attempt. */
export function startFingerprint(restartToken: number): string {
  return `token ${restartToken}`
}

/** What the key of a start says, or undefined for any other key. */
export function readStart(key: StepKey): OrderedStart | undefined {
  const match = startKey.exec(key)
  if (match === null) return undefined
  const [, replica = '', revision = '', component = '', ordinal = '', token = ''] = match
  return {
    replica: replica as ReplicaId,
    revision: revision as RevisionId,
    component: component as ComponentKey,
    ordinal: Number(ordinal),
    restartToken: Number(token),
  }
}

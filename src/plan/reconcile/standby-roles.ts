import type { DesiredRevision } from '../../model/desired.ts'
import type { ComponentKey, ReplicaId } from '../../model/names.ts'
import type { Observed, ObservedReplica } from '../../model/observed.ts'
import { ALL_CONTAINERS, type StandbyRole } from '../../model/step.ts'
import { type ComponentWorld, isLeaving, isLost } from './component-world.ts'
import type { PlanContext } from './plan-context.ts'
import { isStuck } from './stuck.ts'

export type StandbyRoles = Map<ReplicaId, StandbyRole>

/** Roles as far as they can be seen, for who remembers none: what is frozen stands by, where anything is to stand by. */
export function standbysFound(revisions: readonly DesiredRevision[], { replicas }: Observed): ReadonlyMap<ReplicaId, StandbyRole> {
  const wanting = new Set(revisions.filter(({ standby = 0 }) => standby > 0).map(({ revision }) => revision.component))
  return new Map(replicas.filter(({ frozen, component }) => frozen && wanting.has(component)).map(({ id }) => [id, 'waiting']))
}

/** The roles of what exists: who stands by goes on doing so until fewer replicas than wanted exist beside it; then it is called. */
export function decideRoles(
  wanted: ReadonlyMap<ComponentKey, DesiredRevision>,
  worlds: ReadonlyMap<ComponentKey, ComponentWorld>,
  context: PlanContext,
): StandbyRoles {
  const roles: StandbyRoles = new Map()
  const known = context.standbys
  if (known === undefined || known.size === 0) return roles
  for (const [key, world] of worlds) {
    for (const id of idsOf(world)) {
      const role = known.get(id)
      if (role !== undefined && !(role === 'called' && isRestarted(id, world, context))) roles.set(id, role)
    }
    const item = wanted.get(key)
    if (item === undefined || item.revision.spec.run.type !== 'forever') continue
    const members = membersOf(item, world, context)
    const waiting = members.filter(({ id }) => roles.get(id) === 'waiting').sort(byWarmth)
    const missing = item.replicas - (members.length - waiting.length)
    for (const { id } of waiting.slice(0, Math.max(0, missing))) roles.set(id, 'called')
  }
  return roles
}

/** One that was called and starts anew is like any other from then on. */
function isRestarted(id: ReplicaId, { observed }: ComponentWorld, { inFlight }: PlanContext): boolean {
  const replica = observed.find((candidate) => candidate.id === id)
  if (replica?.containers.some(({ role, state }) => role !== 'init' && state !== 'running') === true) return true
  return replica?.containers.some(({ name }) => isUnderWay(id, name, inFlight)) === true
}

function isUnderWay(id: ReplicaId, container: string, inFlight: PlanContext['inFlight']): boolean {
  for (const key of inFlight.keys())
    if (key.startsWith(`restartApp ${id}/${container} `) || key.startsWith(`restartApp ${id}/${ALL_CONTAINERS} `)) return true
  return false
}

function idsOf({ observed, starting }: ComponentWorld): readonly ReplicaId[] {
  return [...observed.map(({ id }) => id), ...starting.map(({ replica }) => replica)]
}

interface Member {
  readonly id: ReplicaId
  readonly ordinal: number
  readonly warmth: number
}

/** What of the wanted revision counts: it exists, stays, and can be of use. */
function membersOf({ revision }: DesiredRevision, world: ComponentWorld, context: PlanContext): readonly Member[] {
  const members: Member[] = []
  for (const replica of world.observed) {
    if (replica.revision !== revision.id || isLost(replica) || isLeaving(replica.id, context) || isStuck(replica, context)) continue
    members.push({ id: replica.id, ordinal: replica.ordinal, warmth: warmthOf(replica, context) })
  }
  for (const start of world.starting)
    if (start.revision === revision.id) members.push({ id: start.replica, ordinal: start.ordinal, warmth: 4 })
  return members
}

/** The sooner it could take requests, the lower. */
export function warmthOf({ id, phase, frozen }: ObservedReplica, { warm }: PlanContext): number {
  if (phase !== 'running') return 3
  return warm?.has(id) === true ? 0 : frozen ? 1 : 2
}

function byWarmth(left: Member, right: Member): number {
  return left.warmth - right.warmth || left.ordinal - right.ordinal
}

import type { ComponentKey } from '../model/names.ts'
import type { ObservedReplica } from '../model/observed.ts'
import { RefusalError } from './ports.ts'
import type { ControlState } from './state.ts'

export interface ReplicaWish {
  readonly component: ComponentKey
  /** Any replica when absent. */
  readonly ordinal?: number | undefined
  readonly container?: string | undefined
}

/** The replica of that ordinal that runs, or the best one: ready before not ready, then the lowest ordinal. Refuses when there is none. */
export function pickRunning(wish: ReplicaWish, state: ControlState): ObservedReplica {
  const running = candidates(wish, state, (replica) => replica.phase === 'running')
  const ready = running.find((replica) => state.phases.get(replica.id) === 'ready')
  const found = ready ?? running[0]
  if (found === undefined) throw notRunning(wish, 'no running replica')
  return checked(found, wish)
}

/** The same for a replica in turn, so that successive calls spread over those that are ready; over all that run where none is. */
export function pickInTurn(wish: ReplicaWish, state: ControlState, turn: number): ObservedReplica {
  const running = candidates(wish, state, (replica) => replica.phase === 'running')
  const ready = running.filter((replica) => state.phases.get(replica.id) === 'ready')
  const choice = ready.length > 0 ? ready : running
  const found = choice[turn % Math.max(1, choice.length)]
  if (found === undefined) throw notRunning(wish, 'no running replica')
  return found
}

/** One that runs, else the latest one that ended: its files are still there. */
export function pickWithFiles(wish: ReplicaWish, state: ControlState): ObservedReplica {
  const ended = candidates(wish, state, (replica) => replica.phase === 'exited').sort((left, right) => right.since - left.since)[0]
  const runs = candidates(wish, state, (replica) => replica.phase === 'running').length > 0
  if (!runs && ended !== undefined) return checked(ended, wish)
  if (!runs) throw notRunning(wish, 'no replica')
  return pickRunning(wish, state)
}

function candidates(
  { component, ordinal }: ReplicaWish,
  state: ControlState,
  fits: (replica: ObservedReplica) => boolean,
): ObservedReplica[] {
  return (
    (state.observed?.replicas ?? [])
      // A frozen one would not answer.
      .filter(({ id }) => state.phases.get(id) !== 'standby')
      .filter((replica) => replica.component === component && fits(replica) && (ordinal === undefined || replica.ordinal === ordinal))
      .sort((left, right) => left.ordinal - right.ordinal)
  )
}

function notRunning({ component, ordinal }: ReplicaWish, what: string): RefusalError {
  const which = ordinal === undefined ? what : `${what} ${ordinal}`
  return new RefusalError(409, { code: 'MP8011', message: `${component} has ${which}`, next: `"minipaas ps" shows what runs` })
}

function checked(replica: ObservedReplica, { container }: ReplicaWish): ObservedReplica {
  if (container !== undefined) findContainer(replica, container)
  return replica
}

/** The container of that name. Refuses an unknown one with those that there are. */
export function findContainer(replica: ObservedReplica, name: string): ObservedReplica['containers'][number] {
  const found = replica.containers.find((container) => container.name === name)
  if (found !== undefined) return found
  const known = replica.containers.map((container) => container.name).join(', ')
  throw new RefusalError(404, {
    code: 'MP4108',
    message: `${replica.component}-${replica.ordinal} has no container "${name}"`,
    next: `it has: ${known}`,
  })
}

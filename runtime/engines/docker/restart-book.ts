import type { ReplicaId } from '../../../src/model/names.ts'

/**
 * Highest number of restarts that was seen of each container. A container that somebody removed takes its number with it, and
 * one that comes after it must not be taken for it: a probe result of an earlier start would count as its own.
 */
export class RestartBook {
  /** By environment and replica, then by container. */
  readonly #highest = new Map<string, Map<string, number>>()

  /** Notes what was seen; the highest so far. */
  see(place: RestartPlace, seen: number): number {
    const key = keyOf(place.environment, place.replica)
    const of = this.#highest.get(key) ?? new Map<string, number>()
    const highest = Math.max(seen, of.get(place.container) ?? 0)
    this.#highest.set(key, of.set(place.container, highest))
    return highest
  }

  /** The number of the next start; `last` is that of the newest container that is there. */
  next(place: RestartPlace, last: number | undefined): number {
    const known = this.#highest.get(keyOf(place.environment, place.replica))?.get(place.container)
    return Math.max(last ?? -1, known ?? -1) + 1
  }

  /** Forgets replicas that are gone. */
  keep(environment: string, replicas: ReadonlySet<ReplicaId>): void {
    for (const key of this.#highest.keys()) {
      const [place, replica] = key.split(' ')
      if (place === environment && !replicas.has(replica as ReplicaId)) this.#highest.delete(key)
    }
  }
}

export interface RestartPlace {
  readonly environment: string
  readonly replica: ReplicaId
  readonly container: string
}

function keyOf(environment: string, replica: ReplicaId): string {
  return `${environment} ${replica}`
}

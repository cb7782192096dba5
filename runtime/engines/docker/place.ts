import { hashValue } from '../../../src/kernel/hash.ts'
import type { ComponentKey, ReplicaId } from '../../../src/model/names.ts'

/** Whose things these are on an engine that others use too, and how they are called. */
export interface Place {
  /** Label value of the state directory. */
  readonly home: string
  /** First part of every name. */
  readonly prefix: string
}

/** The usual state directory of a user gets plain names, any other one names of its own, so that two never collide. */
export function placeOf(home: string, usualHome: string): Place {
  const hash = hashValue(home, 12)
  return { home: hash, prefix: home === usualHome ? 'minipaas' : `minipaas-${hash.slice(0, 6)}` }
}

/** Never a name of the model: the engine's own resolver answers container names before it asks anybody else. */
export const names = {
  network: (place: Place, environment: string): string => `${place.prefix}-${environment}`,
  edge: (place: Place, environment: string): string => `${place.prefix}-${environment}-edge`,
  meters: (place: Place, environment: string): string => `${place.prefix}-${environment}-meters`,
  sandbox: (place: Place, environment: string, component: ComponentKey, ordinal: number): string =>
    `${place.prefix}-${environment}-${component}-${ordinal}-sandbox`,
  container: (
    place: Place,
    environment: string,
    of: { readonly replica: ReplicaId; readonly container: string; readonly restarts: number },
  ): string => `${place.prefix}-${environment}-${of.replica}-${of.container}${of.restarts === 0 ? '' : `-r${of.restarts}`}`,
  /** A named volume of the model. */
  volume: (place: Place, environment: string, claim: string): string => `${place.prefix}-${environment}-${claim}`,
  /** An empty volume that lives as long as its replica. */
  emptyVolume: (place: Place, environment: string, replica: ReplicaId, volume: string): string =>
    `${place.prefix}-${environment}-${replica}-${volume}`,
}

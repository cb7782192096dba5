import { join } from 'node:path'

/** Where the process engine, the guard and the edge keep what they must agree upon, inside the state directory. */
export interface HomeLayout {
  readonly home: string
  readonly environments: string
  /** Identity of the guard. */
  readonly guard: string
  /** Written by the daemon while it lives. */
  readonly lease: string
}

export interface EnvironmentLayout {
  readonly root: string
  readonly replicas: string
  readonly volumes: string
  readonly edge: string
  /** Identity of the edge. */
  readonly edgeRecord: string
  readonly meters: string
  /** Identity of the program that reads triggers. */
  readonly metersRecord: string
}

export function homeLayout(home: string): HomeLayout {
  return { home, environments: join(home, 'environments'), guard: join(home, 'guard.json'), lease: join(home, 'lease.json') }
}

export function environmentLayout(home: string, environment: string): EnvironmentLayout {
  const root = join(home, 'environments', environment)
  const [edge, meters] = [join(root, 'edge'), join(root, 'meters')]
  return {
    root,
    replicas: join(root, 'replicas'),
    volumes: join(root, 'volumes'),
    edge,
    edgeRecord: join(edge, 'edge.json'),
    meters,
    metersRecord: join(meters, 'meters.json'),
  }
}

/** The record of a replica inside its directory. */
export const REPLICA_RECORD = 'replica.json'

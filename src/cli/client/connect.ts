import type { Discovery } from '../../wire/answers.ts'
import type { Io } from '../io.ts'
import { type RefusalError, refuse } from '../refusal-error.ts'
import { findDaemon, remembersEnvironments } from './discovery.ts'

/** Where the daemon is found, and what is started when there is none. */
export interface DaemonPlace {
  /** State directory, absolute. */
  readonly home: string
  /** Path of the daemon's program. */
  readonly program: string
  /** Version of this command line. */
  readonly version: string
}

/**
 * `existing`: a command that only reads; a daemon is started only when something is remembered that it can adopt.
 * `start`: a daemon is started when there is none. `any-version`: as `start`, but a daemon of another version stays.
 */
export type ConnectPolicy = 'existing' | 'start' | 'any-version'

export interface Connection {
  readonly discovery: Discovery
  /** This program started the daemon. */
  readonly started: boolean
}

export interface ConnectRequest {
  readonly place: DaemonPlace
  readonly io: Io
  readonly policy: ConnectPolicy
  /** A daemon of this instance is known not to answer. */
  readonly deadInstance?: string
}

/** Finds the daemon, replaces one of another version, and starts one where the policy says so. */
export async function connect(request: ConnectRequest): Promise<Connection> {
  const { place, policy } = request
  const running = findDaemon(place.home)
  const usable = running?.instance === request.deadInstance ? undefined : running
  if (usable !== undefined && (usable.version === place.version || policy === 'any-version')) return { discovery: usable, started: false }
  if (usable === undefined && policy === 'existing' && !remembersEnvironments(place.home)) throw nothingRuns()
  const { launchDaemon, endDaemon } = await import('./launch.ts')
  if (usable !== undefined) await endDaemon(usable, request.io.clock)
  return { discovery: await launchDaemon(place, request.io, usable?.instance ?? request.deadInstance), started: true }
}

/** Refusal for a command that needs something that runs; names the environments where something does. */
export function nothingRuns(environment?: string, others: readonly string[] = []): RefusalError {
  const where = environment === undefined ? '' : ` in the environment "${environment}"`
  const next =
    others.length === 0
      ? 'Start an application: minipaas up -f app.yaml'
      : `Something runs in ${others.map((name) => `"${name}"`).join(', ')}: choose with --project-name.`
  return refuse('MP8103', 'notRunning', { message: `nothing is running${where}`, next })
}

import type { Discovery } from '../../wire/answers.ts'
import type { Io } from '../io.ts'
import { type RefusalError, refuse } from '../refusal-error.ts'
import type { ConnectPolicy, DaemonPlace } from './daemon-place.ts'
import { findDaemon, remembersEnvironments } from './discovery.ts'

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
  if (usable !== undefined) {
    const { endDaemon } = await import('./end-daemon.ts')
    await endDaemon(usable, request.io.clock)
  }
  const { launchDaemon } = await import('./launch.ts')
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

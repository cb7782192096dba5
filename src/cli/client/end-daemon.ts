import type { Clock } from '../../kernel/clock.ts'
import type { Discovery } from '../../wire/answers.ts'
import { API_ROUTES } from '../../wire/api-routes.ts'
import { refuse } from '../refusal-error.ts'
import { isAlive } from './discovery.ts'
import { callDaemon } from './http.ts'
import { LIMIT_MS, waitFor } from './waiting.ts'

/** Asks a daemon to hand over (replicas and edges stay) and returns when its process is gone. */
export async function endDaemon(discovery: Discovery, clock: Clock): Promise<void> {
  await callDaemon(discovery, { method: 'POST', path: API_ROUTES.shutdown, body: { reason: 'replaced by another version' } }).catch(
    () => undefined,
  )
  const gone = await waitForEnd(discovery, clock)
  if (gone) return
  throw refuse('MP8106', 'failed', {
    message: `the daemon of version ${discovery.version} (pid ${discovery.pid}) did not end within ${LIMIT_MS / 1000} s`,
    next: `End the process ${discovery.pid} and run the command again; applications keep running.`,
  })
}

/** True when the daemon's process ended within the limit. */
export async function waitForEnd(discovery: Discovery, clock: Clock): Promise<boolean> {
  return (await waitFor({ clock }, async () => (isAlive(discovery.pid) ? undefined : true))) === true
}

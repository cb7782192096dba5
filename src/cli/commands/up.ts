import type { Client } from '../client/client.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import { readApplyRequest } from '../up/apply-request.ts'
import type { UpJob } from '../up/job.ts'

/** Applies the model and runs it: in the foreground, or until it is started (`-d`) or healthy (`--wait`). */
export async function up(invocation: Invocation, io: Io, client: Client): Promise<number> {
  const { options, globals } = invocation
  const limitSeconds = options.amount('waitTimeout', '--wait-timeout')
  const waits = options.flag('wait') || limitSeconds !== undefined
  const job: UpJob = { client, io, globals, request: await readApplyRequest(invocation, io) }
  if (!waits && !options.flag('detach')) {
    const { upInForeground } = await import('../up/foreground.ts')
    return await upInForeground(job)
  }
  const { upInBackground } = await import('../up/background.ts')
  return await upInBackground(job, {
    until: waits ? 'healthy' : 'started',
    ...(limitSeconds === undefined ? {} : { limit: limitSeconds * 1000 }),
  })
}

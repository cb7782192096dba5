import { EXIT_CODES } from '../../wire/answers.ts'
import type { Channel } from '../client/channel.ts'
import type { Client } from '../client/client.ts'
import { Attachment } from './attachment.ts'
import { reportFailures } from './failures.ts'
import { Interrupts } from './interrupts.ts'
import { type Applied, beginProgress, type UpJob, writeRecord } from './job.ts'
import { tearDown } from './teardown.ts'

/**
 * `up` in the foreground: applies, shows progress and output, and ends what it started before it returns. The
 * session tells the daemon that somebody watches: without it the applications are ended.
 */
export async function upInForeground(job: UpJob): Promise<number> {
  const { client, io } = job
  using interrupts = new Interrupts(io)
  const sessionName = io.uniqueName()
  let session = await client.session(sessionName)
  let isApplied = false
  try {
    const startedAt = io.clock.now()
    const answer = await client.apply({ ...job.request, session: sessionName })
    isApplied = true
    const applied = beginProgress(job, answer)
    const attachment = new Attachment(job, applied)
    const renewSession = async (): Promise<void> => {
      session = await client.session(sessionName)
    }
    await attachment.watch({ interrupts, startedAt, renewSession })
    applied.progress.close()
    const exitCode = await finish({ job, applied, attachment, interrupts })
    await leave(session, client)
    return exitCode
  } catch (error) {
    // Without a goodbye the daemon ends what was applied.
    if (isApplied) session.abandon()
    else await leave(session, client)
    throw error
  }
}

async function leave(session: Channel, client: Client): Promise<void> {
  await session.close()
  if (client.startedDaemon) await client.shutdownIfIdle().catch(() => undefined)
}

interface Finish {
  readonly job: UpJob
  readonly applied: Applied
  readonly attachment: Attachment
  readonly interrupts: Interrupts
}

async function finish({ job, applied, attachment, interrupts }: Finish): Promise<number> {
  const { io, client, globals } = job
  const { ending, assessment } = attachment
  if (ending === 'failed' && assessment !== undefined) await reportFailures(job, assessment)
  if (ending === 'removed') io.stderr.write('the applications were ended\n')
  if (ending === 'interrupted') io.stderr.write('gracefully stopping (press Ctrl+C again to force)\n')
  const how =
    ending === 'removed'
      ? 'graceful'
      : await tearDown({ client, io, globals, interrupts, request: { applications: [...applied.applications] } })
  const exitCode = how === 'forced' ? EXIT_CODES.interrupted : ending === 'failed' ? EXIT_CODES.componentFailed : EXIT_CODES.ok
  writeRecord(job, { type: 'result', ending, exitCode })
  return exitCode
}

import { rm } from 'node:fs/promises'
import type { Clock } from '../../../src/kernel/clock.ts'
import { after, type Millis } from '../../../src/kernel/instant.ts'
import type { Logger } from '../../../src/kernel/logger.ts'
import type { MeterMessage, ToMeters } from '../../../src/model/meter.ts'
import { readCompanion } from '../../process-identity/companion.ts'
import { endMembers } from '../../process-identity/process-group.ts'
import { openFrames } from '../shared/frame-channel.ts'
import type { MeterProgram } from '../shared/meter-session.ts'
import { ProgramLog } from '../shared/program-log.ts'
import { waitWithin } from '../shared/wait-within.ts'
import { type LaunchedMeters, launchMeters, type MeterLaunch } from './meter-launch.ts'

/** Time of a program to end after `shutdown`, before SIGTERM. */
const SHUTDOWN_LIMIT: Millis = 2_000
/** After SIGTERM, before SIGKILL. */
const ENDING_GRACE: Millis = 2_000
/** What one that ended wrote is all there within this time. */
const WORDS_LIMIT: Millis = 1_000

/** Starts the program. When it is ended, the folder that records it goes with it. */
export async function startMeters(
  launch: MeterLaunch & { readonly folder: string },
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Promise<MeterProgram> {
  const { child, identity } = await launchMeters(launch)
  const log = new ProgramLog(logger.with({ meters: child.pid }))
  child.stderr.on('data', (data: Buffer) => log.push(data))
  child.stderr.on('end', () => log.end())
  const over = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const channel = openFrames<MeterMessage, ToMeters>(child.stdout, child.stdin)
  return {
    channel,
    lastWords: async () => {
      await waitWithin(clock, WORDS_LIMIT, over)
      return log.lastWords
    },
    end: async () => {
      channel.send({ type: 'shutdown' })
      child.stdin.end()
      await waitWithin(clock, SHUTDOWN_LIMIT, over)
      channel.close()
      if (identity !== undefined) await forget(launch, identity, clock)
    },
  }
}

/** By force where need be. What is recorded of another one by now stays. */
async function forget(
  { record, folder }: MeterLaunch & { readonly folder: string },
  identity: NonNullable<LaunchedMeters['identity']>,
  clock: Clock,
): Promise<void> {
  await endMembers({ leader: identity, marks: [] }, { clock, until: after(clock.now(), ENDING_GRACE) })
  const recorded = readCompanion(record)
  if (recorded?.pid === identity.pid && recorded.start === identity.start) await removeFolder(folder)
}

export function removeFolder(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true, maxRetries: 3, retryDelay: 20 })
}

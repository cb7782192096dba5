import type { Readable } from 'node:stream'
import type { Clock } from '../../src/kernel/clock.ts'
import type { Logger } from '../../src/kernel/logger.ts'
import type { MeterMessage, ToMeters } from '../../src/model/meter.ts'
import { FrameReader, writeFrame } from '../../src/wire/edge-frames.ts'
import { MeterSet } from './meter-set.ts'
import type { LoadReader } from './reader-index.ts'

export interface ProgramOptions {
  readonly clock: Clock
  readonly log: Logger
  readonly pid: number
  readonly readers: Readonly<Record<string, LoadReader>>
  readonly input: Readable
  readonly write: (frame: string) => void
}

/** Serves one controller, until it says `shutdown` or its stream ends; then every connection is closed. */
export async function runMeters({ clock, log, pid, readers, input, write }: ProgramOptions): Promise<void> {
  const say = (message: MeterMessage): void => write(writeFrame(message))
  const meters = new MeterSet({
    clock,
    readers,
    onActive: (trigger) => say({ type: 'active', trigger }),
    onError: (trigger, line) => log.log('warn', line, { trigger }),
  })
  const frames = new FrameReader<ToMeters>(() => {
    log.log('error', 'A line that is no message was skipped; the controller may have died in the middle of one.')
    return undefined
  })
  const answer = async ({ id, triggers }: ToMeters & { readonly type: 'read' }): Promise<void> =>
    say({ type: 'readings', id, readings: await meters.read(triggers) })
  say({ type: 'hello', protocol: 1, pid })
  await new Promise<void>((resolve) => {
    const take = (message: ToMeters): void => {
      if (message.type === 'triggers') meters.apply(message.triggers)
      else if (message.type === 'read') void answer(message)
      else if (message.type === 'ping') say({ type: 'pong', id: message.id })
      else if (message.type === 'shutdown') resolve()
      else log.log('error', 'A message of an unknown type was skipped; controller and meters are of different versions.')
    }
    input.on('data', (chunk: Buffer) => frames.push(chunk).forEach(take))
    input.once('end', resolve).once('close', resolve).once('error', resolve)
  })
  meters.close()
}

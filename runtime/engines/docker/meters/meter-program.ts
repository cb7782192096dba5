import { type Duplex, PassThrough } from 'node:stream'
import type { Millis } from '../../../../src/kernel/instant.ts'
import type { MeterMessage, ToMeters } from '../../../../src/model/meter.ts'
import { openFrames } from '../../shared/frame-channel.ts'
import type { MeterProgram } from '../../shared/meter-session.ts'
import { ProgramLog } from '../../shared/program-log.ts'
import { waitWithin } from '../../shared/wait-within.ts'
import { removeContainer } from '../containers.ts'
import type { DockerContext } from '../context.ts'
import { Demultiplexer } from '../edge/multiplexed.ts'

/** Time of a program to end after `shutdown`, before its container is removed. */
const SHUTDOWN_LIMIT: Millis = 1_000

/** The program in a container whose standard streams `socket` carries. */
export function meterProgram(
  context: DockerContext,
  { id, environment, socket }: { readonly id: string; readonly environment: string; readonly socket: Duplex },
): MeterProgram {
  const { clock, logger } = context
  const log = new ProgramLog(logger.with({ environment, meters: id.slice(0, 12) }))
  const { output, over } = separate(socket, log)
  const channel = openFrames<MeterMessage, ToMeters>(output, socket)
  return {
    channel,
    lastWords: async () => log.lastWords,
    end: async () => {
      channel.send({ type: 'shutdown' })
      await waitWithin(clock, SHUTDOWN_LIMIT, over)
      channel.close()
      // Not given up because somebody else was.
      await removeContainer(context, id, new AbortController().signal)
    },
  }
}

/** What the program says for us, apart from what it complains about; `over` resolves when it has ended. */
function separate(socket: Duplex, log: ProgramLog): { readonly output: PassThrough; readonly over: Promise<void> } {
  const output = new PassThrough()
  const parts = new Demultiplexer()
  const over = new Promise<void>((resolve) => {
    for (const event of ['end', 'close', 'error'] as const) {
      socket.on(event, () => {
        if (output.writableEnded) return
        log.end()
        output.end()
        resolve()
      })
    }
  })
  socket.on('data', (chunk: Buffer) => {
    for (const { stream, data } of parts.push(chunk)) {
      if (stream === 'err') log.push(data)
      else if (!output.writableEnded) output.write(data)
    }
  })
  return { output, over }
}

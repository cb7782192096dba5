import type { WebSocket } from 'ws'
import * as z from 'zod'
import type { ByteStream } from '../../src/model/engine.ts'
import type { ForwardControl } from '../../src/wire/answers.ts'
import { STREAM_FAILED } from '../../src/wire/api-routes.ts'
import type { ApiPorts } from './api-ports.ts'
import { denialOf, malformed } from './denial.ts'
import { type Frame, FrameQueue, parseText, TakenCount } from './socket-frames.ts'
import { goneSignal, sendFrame } from './socket-stream.ts'

const control = z.object({ type: z.literal('end') }).strict()

/** Carries one connection to a replica: bytes both ways, each side may end before the other. */
export async function serveForward(
  socket: WebSocket,
  connect: (signal: AbortSignal) => Promise<ByteStream>,
  ports: ApiPorts,
): Promise<void> {
  const gone = goneSignal(socket)
  const frames = new FrameQueue(socket)
  let stream: ByteStream
  try {
    stream = await connect(gone)
  } catch (error) {
    if (gone.aborted) return
    await say(socket, { type: 'failed', error: denialOf(error, 'forward', ports).error })
    socket.close(STREAM_FAILED)
    return
  }
  gone.addEventListener('abort', () => stream.close(), { once: true })
  if (gone.aborted) return stream.close()
  const taken = new TakenCount(socket)
  frames.deliver((frame) => void take({ frame, stream, socket, taken }))
  try {
    for await (const data of stream.output) await sendFrame(socket, data)
    // The client may go on sending; it closes when both sides have ended.
    await say(socket, { type: 'end' })
  } catch (error) {
    if (gone.aborted) return
    await say(socket, { type: 'failed', error: denialOf(error, 'forward', ports).error })
    socket.close(STREAM_FAILED)
  }
}

interface Taking {
  readonly frame: Frame
  readonly stream: ByteStream
  readonly socket: WebSocket
  readonly taken: TakenCount
}

/** Gives one frame of the client to the connection. */
async function take({ frame, stream, socket, taken }: Taking): Promise<void> {
  if (frame.binary) {
    await taken.pass(frame.data, stream)
    return
  }
  const parsed = control.safeParse(parseText(frame))
  if (parsed.success) return stream.end()
  await say(socket, { type: 'failed', error: malformed(parsed.error, 'forward frame').error })
  socket.close(STREAM_FAILED)
}

async function say(socket: WebSocket, message: ForwardControl): Promise<void> {
  await sendFrame(socket, JSON.stringify(message))
}

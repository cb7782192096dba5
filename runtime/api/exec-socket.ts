import type { WebSocket } from 'ws'
import * as z from 'zod'
import type { EnvironmentControl } from '../../src/control/environment-control.ts'
import type { ExecSession } from '../../src/model/engine.ts'
import { EXEC_CHANNEL, type ExecControl } from '../../src/wire/answers.ts'
import { STREAM_FAILED } from '../../src/wire/api-routes.ts'
import { execRequest } from '../../src/wire/requests.ts'
import type { ApiPorts } from './api-ports.ts'
import { type Denial, denialOf, malformed } from './denial.ts'
import { type Frame, FrameQueue, parseText, TakenCount } from './socket-frames.ts'
import { goneSignal, sendFrame } from './socket-stream.ts'

const size = z.number().int().min(1).max(10_000)
const control = z.discriminatedUnion('type', [
  z.object({ type: z.literal('resize'), columns: size, rows: size }).strict(),
  z.object({ type: z.literal('signal'), name: z.string().regex(/^SIG[A-Z0-9]+$/) }).strict(),
  z.object({ type: z.literal('end-input') }).strict(),
])

/** Runs one command for one socket: the request first, then bytes both ways, at the end the exit code. */
export async function serveExec(socket: WebSocket, environment: EnvironmentControl, ports: ApiPorts): Promise<void> {
  const gone = goneSignal(socket)
  const frames = new FrameQueue(socket)
  const taken = new TakenCount(socket)
  try {
    const parsed = execRequest.safeParse(parseText(await frames.next()))
    if (!parsed.success) return await fail(socket, malformed(parsed.error, 'exec request'))
    const session = await environment.exec(parsed.data, gone)
    gone.addEventListener('abort', () => session.kill('SIGKILL'), { once: true })
    if (gone.aborted) return session.kill('SIGKILL')
    frames.deliver((frame) => {
      const problem = take(session, frame, taken)
      if (problem !== undefined) {
        session.kill('SIGKILL')
        void fail(socket, problem)
      }
    })
    for await (const { stream, data } of session.output) await sendFrame(socket, channelled(stream, data))
    await finish(socket, { type: 'exit', code: await session.exitCode }, 1000)
  } catch (error) {
    if (!gone.aborted) await fail(socket, denialOf(error, 'exec', ports))
  }
}

/** Gives one frame of the client to the command; the answer is what is wrong with it. */
function take(session: ExecSession, { data, binary }: Frame, taken: TakenCount): Denial | undefined {
  if (binary) {
    if (data[0] !== EXEC_CHANNEL.stdin)
      return { status: 400, error: { code: 'MP8022', message: `clients may send on channel ${EXEC_CHANNEL.stdin} only` } }
    void taken.pass(data.subarray(1), session)
    return undefined
  }
  const parsed = control.safeParse(parseText({ data, binary }))
  if (!parsed.success) return malformed(parsed.error, 'exec frame')
  const order = parsed.data
  switch (order.type) {
    case 'resize':
      session.resize(order.columns, order.rows)
      return undefined
    case 'signal':
      session.kill(order.name)
      return undefined
    case 'end-input':
      session.endInput()
      return undefined
  }
}

function channelled(stream: 'out' | 'err', data: Uint8Array): Uint8Array {
  const frame = new Uint8Array(data.length + 1)
  frame[0] = stream === 'out' ? EXEC_CHANNEL.stdout : EXEC_CHANNEL.stderr
  frame.set(data, 1)
  return frame
}

async function fail(socket: WebSocket, { error }: Denial): Promise<void> {
  await finish(socket, { type: 'failed', error }, STREAM_FAILED)
}

async function finish(socket: WebSocket, last: ExecControl, code: number): Promise<void> {
  await sendFrame(socket, JSON.stringify(last))
  socket.close(code)
}

import type { WebSocket } from 'ws'
import type * as z from 'zod'
import type { Measuring, StreamSignals } from '../../src/control/measuring-ports.ts'
import { STREAM_FAILED } from '../../src/wire/api-routes.ts'
import { loadRequest } from '../../src/wire/load.ts'
import { recordRequest } from '../../src/wire/record.ts'
import { imagesRequest } from '../../src/wire/requests.ts'
import type { ApiPorts } from './api-ports.ts'
import { denialOf, malformed } from './denial.ts'
import { openEnvironment } from './named-environment.ts'
import { FrameQueue, parseText } from './socket-frames.ts'
import { goneSignal, sendFrame } from './socket-stream.ts'

/** The request first, then what it brings; another frame of the client asks for the end, which is told too. Closing gives it up. */
interface Reporting<S extends z.ZodType, Item> {
  readonly during: string
  readonly schema: S
  readonly run: (order: z.output<S>, report: (item: Item) => void, signals: StreamSignals) => Promise<void>
}

/** Pulls or builds; the environment need not be there. Work is given up when the client goes. */
export function serveImages(socket: WebSocket, environment: string, ports: ApiPorts): Promise<void> {
  return serve(socket, ports, {
    during: 'images',
    schema: imagesRequest,
    run: async (order, report, { gone }) => (await openEnvironment(ports.environments, environment)).images(order, report, gone),
  })
}

export function serveLoad(socket: WebSocket, environment: Measuring, ports: ApiPorts): Promise<void> {
  return serve(socket, ports, { during: 'load', schema: loadRequest, run: (...call) => environment.load(...call) })
}

export function serveRecord(socket: WebSocket, environment: Measuring, ports: ApiPorts): Promise<void> {
  return serve(socket, ports, { during: 'record', schema: recordRequest, run: (...call) => environment.record(...call) })
}

async function serve<S extends z.ZodType, Item>(
  socket: WebSocket,
  ports: ApiPorts,
  { during, schema, run }: Reporting<S, Item>,
): Promise<void> {
  const gone = goneSignal(socket)
  const stop = new AbortController()
  const frames = new FrameQueue(socket)
  try {
    const parsed = schema.safeParse(parseText(await frames.next()))
    if (!parsed.success) return await fail(socket, malformed(parsed.error, `${during} request`).error)
    frames.deliver(() => stop.abort())
    await run(parsed.data, (item) => void sendFrame(socket, JSON.stringify(item)), { stop: stop.signal, gone })
    socket.close(1000)
  } catch (error) {
    if (!gone.aborted) await fail(socket, denialOf(error, during, ports).error)
  }
}

async function fail(socket: WebSocket, error: unknown): Promise<void> {
  await sendFrame(socket, JSON.stringify({ error }))
  socket.close(STREAM_FAILED)
}

import type { WebSocket } from 'ws'
import { STREAM_FAILED } from '../../src/wire/api-routes.ts'
import { imagesRequest } from '../../src/wire/requests.ts'
import type { ApiPorts } from './api-ports.ts'
import { denialOf, malformed } from './denial.ts'
import { openEnvironment } from './named-environment.ts'
import { FrameQueue, parseText } from './socket-frames.ts'
import { goneSignal, sendFrame } from './socket-stream.ts'

/** Pulls or builds for one socket: the request first, then what happens to each image. Work is given up when the client goes. */
export async function serveImages(socket: WebSocket, environment: string, ports: ApiPorts): Promise<void> {
  const gone = goneSignal(socket)
  const frames = new FrameQueue(socket)
  try {
    const parsed = imagesRequest.safeParse(parseText(await frames.next()))
    if (!parsed.success) return await fail(socket, malformed(parsed.error, 'images request').error)
    const control = await openEnvironment(ports.environments, environment)
    await control.images(parsed.data, (record) => void sendFrame(socket, JSON.stringify(record)), gone)
    socket.close(1000)
  } catch (error) {
    if (!gone.aborted) await fail(socket, denialOf(error, 'images', ports).error)
  }
}

async function fail(socket: WebSocket, error: unknown): Promise<void> {
  await sendFrame(socket, JSON.stringify({ error }))
  socket.close(STREAM_FAILED)
}

import type { WebSocket } from 'ws'
import { STREAM_FAILED } from '../../src/wire/api-routes.ts'
import type { ApiPorts } from './api-ports.ts'
import { denialOf } from './denial.ts'

/** Bytes that may wait for a slow client before its stream pauses; what it misses meanwhile is the source's affair. */
const HIGH_WATER_BYTES = 1024 * 1024

/** Sends one frame; resolves at once while the client keeps up, otherwise when the frame has left. */
export function sendFrame(socket: WebSocket, frame: string | Uint8Array): Promise<void> {
  if (socket.readyState !== socket.OPEN) return Promise.resolve()
  if (socket.bufferedAmount < HIGH_WATER_BYTES) {
    socket.send(frame)
    return Promise.resolve()
  }
  return new Promise((resolve) => socket.send(frame, () => resolve()))
}

/** A signal that aborts when the client is gone. */
export function goneSignal(socket: WebSocket): AbortSignal {
  const gone = new AbortController()
  socket.once('close', () => gone.abort())
  return gone.signal
}

/** Sends each item as a JSON text frame until the source ends or the client goes; an error becomes the last frame. */
export async function pour(
  socket: WebSocket,
  during: string,
  ports: ApiPorts,
  source: (signal: AbortSignal) => AsyncIterable<unknown>,
): Promise<void> {
  const signal = goneSignal(socket)
  try {
    for await (const item of source(signal)) {
      if (signal.aborted) return
      await sendFrame(socket, JSON.stringify(item))
    }
    socket.close(1000)
  } catch (error) {
    if (signal.aborted) return
    await sendFrame(socket, JSON.stringify({ error: denialOf(error, during, ports).error }))
    socket.close(STREAM_FAILED)
  }
}

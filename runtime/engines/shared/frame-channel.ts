import type { Readable, Writable } from 'node:stream'
import { FrameReader, writeFrame } from '../../../src/wire/edge-frames.ts'
import { MessageQueue } from './message-queue.ts'

/** Framed messages both ways. */
export interface FrameChannel<In, Out> {
  send(message: Out): void
  readonly messages: AsyncIterable<In>
  close(): void
}

/** A channel over the streams of a program of ours. A broken frame or stream ends it, as a lost program does. */
export function openFrames<In, Out>(input: Readable, output: Writable): FrameChannel<In, Out> {
  const messages = new MessageQueue<In>()
  const frames = new FrameReader<In>()
  const end = (): void => {
    messages.close()
    input.destroy()
    output.destroy()
  }
  input.on('data', (chunk: Buffer) => {
    try {
      for (const message of frames.push(chunk)) messages.push(message)
    } catch {
      end()
    }
  })
  input.on('end', end)
  for (const stream of new Set([input, output])) {
    stream.on('close', end)
    stream.on('error', end)
  }
  return {
    messages,
    send: (message) => {
      if (!output.destroyed) output.write(writeFrame(message))
    },
    close: end,
  }
}

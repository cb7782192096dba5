import type { Socket } from 'node:net'
import type { ForwardControl } from '../../wire/answers.ts'
import type { Channel } from '../client/channel.ts'
import { SendWindow } from '../client/send-window.ts'
import { RefusalError } from '../refusal-error.ts'

/** Carries bytes between a local connection and one to a replica until both sides have ended. Throws why the far side could not go on. */
export async function carry(socket: Socket, channel: Channel): Promise<void> {
  // It may have left while the far side was being reached.
  if (socket.destroyed) return await channel.close()
  const room = new SendWindow()
  const gone = new AbortController()
  socket.once('close', () => {
    room.close()
    gone.abort()
  })
  // A local client that breaks off is no fault of anybody here.
  socket.on('error', () => socket.destroy())
  const sending = send(socket, channel, room)
  try {
    await receive(socket, channel, { room, signal: gone.signal })
  } finally {
    socket.destroy()
    await sending
  }
}

async function send(socket: Socket, channel: Channel, room: SendWindow): Promise<void> {
  try {
    for await (const data of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      if (!(await room.take(data.length))) return
      channel.send(data)
    }
  } catch {
    // Cut off; the receiving side sees the same.
    return
  }
  channel.send(JSON.stringify({ type: 'end' } satisfies ForwardControl))
}

async function receive(
  socket: Socket,
  channel: Channel,
  { room, signal }: { readonly room: SendWindow; readonly signal: AbortSignal },
): Promise<void> {
  for await (const message of channel.messages(signal)) {
    if (typeof message !== 'string') {
      if (!socket.write(message)) await drained(socket)
      continue
    }
    const control = JSON.parse(message) as ForwardControl
    if (control.type === 'failed') throw new RefusalError(control.error, 'failed')
    if (control.type === 'taken') room.give(control.bytes)
    // The local side may still send; when it has ended too, the socket closes and with it the channel.
    if (control.type === 'end') socket.end()
  }
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done)
      socket.off('close', done)
      resolve()
    }
    socket.on('drain', done)
    socket.on('close', done)
  })
}

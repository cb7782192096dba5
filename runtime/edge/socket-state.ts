import type { Socket } from 'node:net'

/**
 * Whether more writing should wait for `drain`. A large write that the kernel took at once also asks for `drain`, but
 * leaves nothing behind; a small one that it did not take leaves bytes, but will not send `drain`.
 */
export function isFull(socket: Socket): boolean {
  return socket.writableLength > 0 && socket.writableNeedDrain
}

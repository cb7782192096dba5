import { hashValue } from '../kernel/hash.ts'

/** Unix addresses hold about 104 bytes on macOS and 108 on Linux; a longer path is cut off without a word. */
const MAX_SOCKET_PATH_BYTES = 100

export interface SocketPlace {
  /** As Node names it: `linux`, `darwin`, `win32`. */
  readonly platform: string
  /** The directory for temporary files. */
  readonly temporary: string
  /** The user's number; absent on Windows. */
  readonly uid?: number
}

/** Where the edge of a directory listens for its daemon: a socket inside the directory, or a short name derived from it. */
export function edgeSocketPath(directory: string, place: SocketPlace): string {
  if (place.platform === 'win32') return `\\\\.\\pipe\\minipaas-${hashValue(directory, 16)}`
  const inside = `${directory}/edge.sock`
  if (new TextEncoder().encode(inside).length <= MAX_SOCKET_PATH_BYTES) return inside
  return `${place.temporary}/minipaas-${place.uid ?? 0}/${hashValue(directory, 16)}.sock`
}

import { createHash } from 'node:crypto'
import { join } from 'node:path'

/** Where an edge listens for its controller: a socket in its directory, or on Windows a pipe named after that directory. */
export function controlPath(directory: string, platform: NodeJS.Platform): string {
  if (platform !== 'win32') return join(directory, 'edge.sock')
  const name = createHash('sha256').update(directory.toLowerCase()).digest('hex').slice(0, 20)
  return `\\\\.\\pipe\\minipaas-edge-${name}`
}

import { mkdir, rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import type { Logger } from '../../src/kernel/logger.ts'
import { edgeSocketPath } from '../../src/wire/edge-socket.ts'
import { ControlChannel } from './control-channel.ts'
import type { Edge } from './edge.ts'

/** Another edge answers at the same place. */
export class AlreadyRunningError extends Error {}

/** Where the edge of a directory waits for its controllers. */
export function controlSocket(directory: string): string {
  const uid = process.getuid?.()
  return edgeSocketPath(directory, { platform: process.platform, temporary: tmpdir(), ...(uid === undefined ? {} : { uid }) })
}

/** Rejects with AlreadyRunningError while an edge answers at the socket. */
export async function expectAlone(path: string): Promise<void> {
  if (await answers(path)) throw new AlreadyRunningError(`another edge answers at ${path}`)
}

/** Waits for controllers at a socket that only its owner may open; the newest one that gives an order is in charge. */
export async function serveControl(edge: Edge, path: string, log: Logger): Promise<Server> {
  if (process.platform !== 'win32') {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await rm(path, { force: true })
  }
  let current: ControlChannel | undefined
  const onCharge = (channel: ControlChannel): void => {
    const before = current
    current = channel
    before?.end()
  }
  const server = createServer((socket) => {
    const channel = new ControlChannel(edge, { input: socket, output: socket, close: () => socket.destroySoon() }, { log, onCharge })
    if (current === undefined || current.closed) channel.takeCharge()
  })
  const mask = process.umask(0o177)
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(path, resolve)
    })
  } finally {
    process.umask(mask)
  }
  return server
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket
      .on('connect', () => {
        socket.destroy()
        resolve(true)
      })
      .on('error', () => resolve(false))
  })
}

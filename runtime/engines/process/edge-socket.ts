import { mkdir, readFile, stat } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import { writeFrame } from '../../../src/wire/edge-frames.ts'
import { edgeSocketPath } from '../../../src/wire/edge-socket.ts'
import type { EnvironmentLayout } from '../../process-identity/home-layout.ts'
import { faults } from './faults.ts'

export function socketOf(layout: EnvironmentLayout): string {
  const uid = process.getuid?.()
  return edgeSocketPath(layout.edge, { platform: process.platform, temporary: tmpdir(), ...(uid === undefined ? {} : { uid }) })
}

/** The folder of the socket is ours alone; in a shared directory somebody else may have made one of that name. */
export async function openSocketFolder(path: string, environment: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = dirname(path)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { uid, mode } = await stat(folder)
  if (uid !== process.getuid?.() || (mode & 0o077) !== 0) throw faults.edgeAway(environment, `${folder} is open to other users`)
}

export function connectTo(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
  })
}

/** The end of what the edge wrote, for an error message. */
export async function lastWords(layout: EnvironmentLayout): Promise<string> {
  const text = await readFile(`${layout.edgeRecord.replace(/\.json$/, '')}.log`, 'utf8').catch(() => '')
  const last = text.trim().split('\n').slice(-5).join('\n')
  return last === '' ? '' : `; its last words: ${last}`
}

/** Tells the edge to end for good; rejects when it does not listen. */
export async function sendShutdown(layout: EnvironmentLayout): Promise<void> {
  const socket = await connectTo(socketOf(layout))
  // What it still says, and how it hangs up, no longer matters.
  socket.on('error', () => {})
  socket.resume()
  socket.end(writeFrame({ type: 'shutdown' }))
}

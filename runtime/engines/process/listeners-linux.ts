import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { findMembers } from '../../process-identity/process-group.ts'
import type { ListenerQuestion } from './listener-question.ts'
import { accepts } from './listeners-portable.ts'
import type { Listener } from './replica.ts'

interface Socket {
  readonly host: string
  readonly port: number
  readonly inode: string
}

/** State LISTEN. Source: Linux, include/net/tcp_states.h. */
const LISTEN = '0A'

const LOOPBACK = '127.0.0.1'

/**
 * Knocks at the assigned ports first, because reading the kernel's tables takes long on a machine with many connections. They are
 * read once for all questions that stay open; who holds a socket is looked up only for a declared port.
 */
export async function findLinuxListeners(questions: readonly ListenerQuestion[]): Promise<readonly (Listener | undefined)[]> {
  const usual = await Promise.all(questions.map(({ port }) => accepts(LOOPBACK, port.local)))
  if (usual.every(Boolean)) return questions.map(atUsualPlace)
  const sockets = [...readTable('/proc/net/tcp'), ...readTable('/proc/net/tcp6')]
  return Promise.all(questions.map(async (question, index) => (usual[index] === true ? atUsualPlace(question) : answer(question, sockets))))
}

function atUsualPlace({ port }: ListenerQuestion): Listener {
  return { host: LOOPBACK, port: port.local, at: 'assigned' }
}

async function answer({ replica, container, port }: ListenerQuestion, sockets: readonly Socket[]): Promise<Listener | undefined> {
  const assigned = best(sockets.filter((socket) => socket.port === port.local))
  if (assigned !== undefined) return { host: assigned.host, port: port.local, at: 'assigned' }
  const declared = sockets.filter((socket) => socket.port === port.number)
  if (declared.length === 0) return undefined
  const members = await findMembers(replica.traceOf(container))
  const held = new Set(members.flatMap(({ pid }) => socketsOf(pid)))
  const own = best(declared.filter(({ inode }) => held.has(inode)))
  return own === undefined ? undefined : { host: own.host, port: port.number, at: 'declared' }
}

/** The usual loopback address when it is served, as every client tries it first. */
function best(sockets: readonly Socket[]): Socket | undefined {
  return sockets.find(({ host }) => host === LOOPBACK) ?? sockets[0]
}

function readTable(path: string): readonly Socket[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return []
  }
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === LISTEN)
    .map((fields) => {
      const [address = '', port = '0'] = (fields[1] ?? '').split(':')
      return { host: hostOf(address), port: Number.parseInt(port, 16), inode: fields[9] ?? '' }
    })
}

/** Addresses are words of 32 bits in the byte order of the machine; a listener on all addresses is reached by loopback. */
function hostOf(address: string): string {
  const bytes = (address.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16)),
  )
  if (bytes.every((byte) => byte === 0)) return LOOPBACK
  if (bytes.length === 4) return bytes.join('.')
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff
  if (isMapped) return bytes.slice(12).join('.')
  if (bytes.slice(0, 15).every((byte) => byte === 0) && bytes[15] === 1) return '::1'
  const groups = Array.from({ length: 8 }, (_, index) => (((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0)).toString(16))
  return groups.join(':')
}

function socketsOf(pid: number): readonly string[] {
  const found: string[] = []
  try {
    for (const name of readdirSync(`/proc/${pid}/fd`)) {
      const match = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${name}`))
      if (match?.[1] !== undefined) found.push(match[1])
    }
  } catch {
    // It ended, or is another user's.
  }
  return found
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

import { connect } from 'node:net'
import type { ListenerQuestion } from './listener-question.ts'
import type { Listener } from './replica.ts'

const LOOPBACKS = ['127.0.0.1', '::1']

/**
 * Where sockets cannot be listed, connects: to the assigned port, and to the declared one if it was free when the
 * replica started. Designed for macOS and Windows, not verified there.
 */
export async function findPortableListeners(questions: readonly ListenerQuestion[]): Promise<readonly (Listener | undefined)[]> {
  return Promise.all(questions.map(answer))
}

async function answer({ port }: ListenerQuestion): Promise<Listener | undefined> {
  const assigned = await firstThatAccepts(port.local)
  if (assigned !== undefined) return { host: assigned, port: port.local, at: 'assigned' }
  if (port.declaredWasFree !== true) return undefined
  const declared = await firstThatAccepts(port.number)
  return declared === undefined ? undefined : { host: declared, port: port.number, at: 'declared' }
}

async function firstThatAccepts(port: number): Promise<string | undefined> {
  for (const host of LOOPBACKS) if (await accepts(host, port)) return host
  return undefined
}

export function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

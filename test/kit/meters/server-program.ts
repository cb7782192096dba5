import { type ChildProcess, spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { findProgram } from '../docker/debian-packages.ts'
import { eventually } from '../eventually.ts'

export interface ServerOrder {
  /** In PATH, or a whole path. */
  readonly program: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Who it runs as, where the server refuses root. */
  readonly user?: { readonly uid: number; readonly gid: number }
  /** Removed at the end. */
  readonly folder: string
  readonly port: number
  /** Throws or answers undefined until the server can be used; by default it accepts connections. */
  readonly ready?: () => Promise<boolean | undefined>
}

/** A real server of a test on a port of loopback, with its data in a folder of its own. */
export interface RunningServer extends AsyncDisposable {
  readonly port: number
}

const LIMIT_MS = 60_000
const LAST_LINES = 20

export async function startServer(order: ServerOrder): Promise<RunningServer> {
  const program = order.program.includes('/') ? order.program : findProgram(order.program)
  if (program === undefined) throw new Error(`${order.program} is not installed`)
  const output: string[] = []
  const child = spawn(program, order.args, {
    env: { ...process.env, ...order.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...order.user,
  })
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(String(chunk)))
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()).once('error', () => resolve()))
  const end = async (): Promise<void> => {
    killGroup(child)
    await ended
    await rm(order.folder, { recursive: true, force: true })
  }
  try {
    await eventually(async () => {
      if (child.exitCode !== null) return 'ended'
      return (await (order.ready ?? (() => accepts(order.port)))()) === true ? 'ready' : undefined
    }, LIMIT_MS)
    if (child.exitCode !== null) throw new Error(`it ended with code ${child.exitCode}`)
  } catch (error) {
    await end()
    throw new Error(`${order.program} does not start: ${String(error)}\n${output.join('').split('\n').slice(-LAST_LINES).join('\n')}`)
  }
  return { port: order.port, [Symbol.asyncDispose]: end }
}

/** Everything that the server started is in its group. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('error', reject).once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}

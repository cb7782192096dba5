import { type Duplex, PassThrough } from 'node:stream'
import type { Millis } from '../../../../src/kernel/instant.ts'
import { withTimeLimit } from '../../../../src/kernel/time-limit.ts'
import { ProgramLog } from '../../shared/program-log.ts'
import type { DockerContext } from '../context.ts'
import { hasStatus } from '../faults.ts'
import { attachTo } from './attachment.ts'
import { EdgeStreams } from './edge-streams.ts'
import { Demultiplexer } from './multiplexed.ts'

/**
 * How a container's edge is told what to do: over its standard streams, or, where the engine ends the input with its first reader's
 * departure (Podman), over a socket in its file system, to which a command in the container leads.
 */
export type EdgeControl = 'stdio' | 'socket'

export interface ControlledEdge {
  readonly id: string
  readonly control: EdgeControl
}

/** Inside the container, where only the engine's users come. */
export const DATA_DIRECTORY = '/minipaas/data'
/** An edge that has just started does not listen yet. */
const RELAY = `const { connect } = require('node:net')
const join = () => {
  const socket = connect('${DATA_DIRECTORY}/edge.sock')
  socket.once('error', () => setTimeout(join, 10))
  socket.once('connect', () => {
    socket.removeAllListeners('error').on('error', () => {}).on('close', () => process.exit())
    process.stdin.pipe(socket).pipe(process.stdout)
  })
}
process.stdin.on('end', () => process.exit())
join()`
/** What an edge that ended wrote is all there within this time. */
const WORDS_LIMIT: Millis = 1000

/** How a new edge on this engine is controlled. */
export async function preferredControl({ docker }: DockerContext): Promise<EdgeControl> {
  const { Components: components } = (await docker.version()) as { readonly Components?: readonly { readonly Name?: string }[] }
  return components?.some(({ Name }) => Name?.startsWith('Podman') === true) === true ? 'socket' : 'stdio'
}

/** The streams of an edge that runs. */
export async function openControl(context: DockerContext, edge: ControlledEdge, signal: AbortSignal): Promise<EdgeStreams> {
  const log = logOf(context, edge)
  if (edge.control === 'stdio') return direct(await attachTo(context, { id: edge.id, streams: 'all' }, signal), log)
  const errors = await attachTo(context, { id: edge.id, streams: 'errors' }, signal)
  return relayed(context, edge, { errors, log, signal })
}

/** Starts an edge and opens its streams. Its first words are heard too: nothing keeps them. */
export async function startControlled(context: DockerContext, edge: ControlledEdge, signal: AbortSignal): Promise<EdgeStreams> {
  const log = logOf(context, edge)
  const socket = await attachTo(context, { id: edge.id, streams: edge.control === 'stdio' ? 'all' : 'errors' }, signal)
  try {
    await context.docker.getContainer(edge.id).start({ abortSignal: signal })
  } catch (error) {
    if (!hasStatus(error, 304)) {
      socket.destroy()
      throw error
    }
  }
  return edge.control === 'stdio' ? direct(socket, log) : relayed(context, edge, { errors: socket, log, signal })
}

function direct(socket: Duplex, log: ProgramLog): EdgeStreams {
  return new EdgeStreams(socket, { log, heard: () => Promise.resolve() })
}

/** What the edge complains about comes over `errors`, everything else through a command in its container. */
async function relayed(
  { docker, clock }: DockerContext,
  { id }: ControlledEdge,
  { errors, log, signal }: { readonly errors: Duplex; readonly log: ProgramLog; readonly signal: AbortSignal },
): Promise<EdgeStreams> {
  const parts = new Demultiplexer()
  errors.on('data', (chunk: Buffer) => {
    for (const { data } of parts.push(chunk)) log.push(data)
  })
  errors.on('error', () => {})
  const closed = new Promise<void>((resolve) => errors.on('close', resolve))
  const heard = (): Promise<void> => withTimeLimit(clock, WORDS_LIMIT, (limit) => Promise.race([closed, clock.sleep(WORDS_LIMIT, limit)]))
  const streams = (socket: Duplex): EdgeStreams => new EdgeStreams(socket, { log, heard }).on('close', () => errors.destroy())
  try {
    const command = { Cmd: ['node', '-e', RELAY], AttachStdin: true, AttachStdout: true, AttachStderr: true, abortSignal: signal }
    const exec = await docker.getContainer(id).exec(command)
    return streams(await exec.start({ hijack: true, stdin: true }))
  } catch (error) {
    // It has ended already, and nobody speaks for it.
    if (hasStatus(error, 404, 409, 500)) return streams(new PassThrough().end())
    errors.destroy()
    throw error
  }
}

function logOf({ logger }: DockerContext, { id }: ControlledEdge): ProgramLog {
  return new ProgramLog(logger.with({ edge: id.slice(0, 12) }))
}

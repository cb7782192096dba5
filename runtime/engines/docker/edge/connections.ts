import type { Duplex } from 'node:stream'
import type { ByteStream, ConnectionsFacet, Endpoint, Engine, Owner } from '../../../../src/model/engine.ts'
import type { DockerContext } from '../context.ts'
import { toFault } from '../faults.ts'
import { EDGE_PROGRAM, findEdges } from './edge-container.ts'
import { edgeFaults } from './faults.ts'
import { Demultiplexer } from './multiplexed.ts'

/** What a relay says on its standard error before it gives up. */
const COMPLAINT = /^edge: (.*)$/m
const KEPT_WORDS = 2000

/** Connections to ports of replicas. Only the edge reaches them: nothing on the host dials a container. */
export function connectionsFacet(context: DockerContext, endpoint: Engine['endpoint']): ConnectionsFacet {
  return {
    async connect(of, port, signal) {
      const to = await endpoint(of, port)
      if (to === undefined) throw edgeFaults.unreachable(`port ${port} of replica ${of.id}`, 'it has not started')
      return dialFromEdge(context, { owner: of.owner, to, subject: `port ${port} of replica ${of.id}` }, signal)
    },
  }
}

/**
 * A TCP connection made by the environment's edge, through a command in its container. The signal closes it at any time. A port that
 * refuses is told by the output: it throws the fault MP4232.
 */
export async function dialFromEdge(
  context: DockerContext,
  dial: { readonly owner: Owner; readonly to: Endpoint; readonly subject: string },
  signal: AbortSignal,
): Promise<ByteStream> {
  const { owner, to, subject } = dial
  signal.throwIfAborted()
  try {
    const [edge] = await findEdges(context, owner, signal)
    if (edge === undefined) throw edgeFaults.edgeAway(owner.environment, 'there is none')
    const exec = await context.docker.getContainer(edge.id).exec({
      Cmd: ['node', EDGE_PROGRAM, '--dial', to.host, String(to.port)],
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      abortSignal: signal,
    })
    return relay(await exec.start({ hijack: true, stdin: true }), { subject, signal })
  } catch (error) {
    if (signal.aborted) throw signal.reason
    throw toFault(error, `connect to ${subject}`)
  }
}

function relay(socket: Duplex, { subject, signal }: { readonly subject: string; readonly signal: AbortSignal }): ByteStream {
  const close = (): void => {
    socket.destroy()
  }
  // Told by the end of the output.
  socket.on('error', () => {})
  socket.on('close', () => signal.removeEventListener('abort', close))
  if (signal.aborted) close()
  else signal.addEventListener('abort', close, { once: true })
  return {
    output: readRelay(socket, subject),
    write: (data) => (socket.writable && !socket.write(data) ? roomIn(socket) : undefined),
    end: () => {
      if (socket.writable) socket.end()
    },
    close,
  }
}

/** Resolves when the engine has taken what was written, or never will. */
function roomIn(socket: Duplex): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      socket.off('drain', go).off('close', go)
      resolve()
    }
    socket.on('drain', go).on('close', go)
  })
}

/** Read at the speed of whoever takes it. */
async function* readRelay(socket: Duplex, subject: string): AsyncGenerator<Uint8Array> {
  const parts = new Demultiplexer()
  let words = ''
  try {
    for await (const chunk of socket) {
      for (const { stream, data } of parts.push(chunk as Buffer)) {
        if (stream === 'out') yield data
        else words = (words + data.toString('utf8')).slice(-KEPT_WORDS)
      }
    }
  } catch {
    // Closed by us, or broken: in both cases there is no more to read.
  }
  const complaint = COMPLAINT.exec(words)?.[1]
  if (complaint !== undefined) throw edgeFaults.unreachable(subject, complaint)
}

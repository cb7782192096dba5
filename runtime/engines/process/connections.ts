import { connect, type Socket } from 'node:net'
import type { ByteStream, ConnectionsFacet } from '../../../src/model/engine.ts'
import { messageOf } from '../../process-identity/system-error.ts'
import { faults } from './faults.ts'
import type { ListenerWatch } from './listeners.ts'
import type { ReplicaRegistry } from './replica-registry.ts'

/** Connections to where a replica listens on this machine. */
export function connectionsFacet(registry: ReplicaRegistry, listeners: ListenerWatch): ConnectionsFacet {
  return {
    async connect(of, port, signal) {
      const replica = await registry.get(of)
      const endpoint = listeners.endpoint(replica, port)
      if (endpoint === undefined) {
        const declared = replica.record.containers.flatMap(({ ports }) => ports.map(({ number }) => number))
        const known = declared.length === 0 ? 'it declares none' : `it declares ${declared.join(', ')}`
        throw faults.noConnection(of, port, `a process is reached at the ports of its model only, and ${known}`)
      }
      signal.throwIfAborted()
      const socket = connect({ ...endpoint, allowHalfOpen: true, noDelay: true })
      await opened(socket, signal).catch((error: unknown) => {
        signal.throwIfAborted()
        throw faults.noConnection(of, port, messageOf(error))
      })
      return streamOf(socket)
    },
  }
}

/** The signal counts until the connection is made: from then on it is closed by whoever has it. */
function opened(socket: Socket, signal: AbortSignal): Promise<void> {
  const giveUp = (): void => void socket.destroy(new Error('given up'))
  signal.addEventListener('abort', giveUp, { once: true })
  return new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  }).finally(() => signal.removeEventListener('abort', giveUp))
}

function streamOf(socket: Socket): ByteStream {
  socket.on('error', () => socket.destroy())
  return {
    output: outputOf(socket),
    write: (data) =>
      new Promise((resolve) => {
        // What the other side does not take any more is no fault: its end shows in the output.
        if (socket.writable) socket.write(data, () => resolve())
        else resolve()
      }),
    end: () => void socket.end(),
    close: () => void socket.destroy(),
  }
}

/** A reset is an end like any other. */
async function* outputOf(socket: Socket): AsyncGenerator<Uint8Array> {
  try {
    // The other side may stop sending and still read, so its end must not close ours.
    yield* socket.iterator({ destroyOnReturn: false })
  } catch {
    socket.destroy()
  }
}

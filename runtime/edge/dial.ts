import { connect } from 'node:net'
import type { Readable, Writable } from 'node:stream'

export interface DialStreams {
  readonly input: Readable
  readonly output: Writable
  readonly errors: Writable
}

/**
 * Joins a pair of streams to a TCP port that only this network reaches. The end of the input is passed on and the answer still read;
 * the end of the answer ends it all, because whoever started this program learns of it by its exit only. Resolves to the exit code:
 * 0, or 1 with a line on `errors` when the port cannot be reached or the connection breaks.
 */
export function dial({ host, port }: { readonly host: string; readonly port: number }, streams: DialStreams): Promise<0 | 1> {
  const { input, output, errors } = streams
  return new Promise((resolve) => {
    const socket = connect({ host, port, allowHalfOpen: true, noDelay: true })
    let isConnected = false
    socket.on('connect', () => {
      isConnected = true
      input.pipe(socket)
      socket.pipe(output, { end: false })
    })
    socket.on('end', () => output.end(() => resolve(0)))
    socket.on('error', (error) => {
      const what = isConnected ? `the connection to ${host}:${port} broke` : `cannot connect to ${host}:${port}`
      errors.write(`edge: ${what}: ${error.message}\n`, () => resolve(1))
    })
    // Nobody reads the answer any more.
    output.on('error', () => resolve(1))
    input.on('error', () => socket.end())
  })
}

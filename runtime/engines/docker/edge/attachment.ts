import { Duplex } from 'node:stream'
import type { DockerContext } from '../context.ts'

/**
 * Joins the standard streams of a container, which runs or was just created: with its input, or only to hear its complaints. Throws what
 * the SDK throws. The SDK's own verb sends its options a second time as the content of the request, and an engine may take what it did not
 * read of it for the first bytes of the standard input.
 */
export async function attachTo(
  context: DockerContext,
  of: { readonly id: string; readonly streams: 'all' | 'errors' },
  signal: AbortSignal,
): Promise<Duplex> {
  signal.throwIfAborted()
  // Of its own: the caller's signal is about the opening, and would end the streams later too.
  const opening = new AbortController()
  const abort = (): void => opening.abort(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    const isAll = of.streams === 'all'
    const socket = await dial(context, { id: of.id, query: { stream: true, stdin: isAll, stdout: isAll, stderr: true } }, opening.signal)
    if (signal.aborted) socket.destroy()
    signal.throwIfAborted()
    return socket
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function dial(
  context: DockerContext,
  { id, query }: { readonly id: string; readonly query: Readonly<Record<string, boolean>> },
  abortSignal: AbortSignal,
): Promise<Duplex> {
  const request = {
    path: `/containers/${id}/attach?`,
    method: 'POST',
    hijack: true,
    options: { _query: query },
    file: Buffer.alloc(0),
    abortSignal,
    statusCodes: { 404: 'no such container', 409: 'conflict', 500: 'server error' },
  }
  return new Promise((resolve, reject) => {
    context.docker.modem.dial(request, (error, socket) => {
      if (error === null && socket instanceof Duplex) resolve(socket)
      else reject(error ?? new Error('the engine gave no stream'))
    })
  })
}

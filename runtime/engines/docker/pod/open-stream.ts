import type { Readable } from 'node:stream'

/**
 * Opens a stream of the engine that ends quietly at the signal. A request that is given up while its answer comes to its end is
 * an error that nobody hears (Node 20, connections that are kept), so the signal is for the opening only, and closes the stream later.
 */
export async function openStream(open: (opening: AbortSignal) => Promise<Readable>, signal: AbortSignal): Promise<Readable> {
  signal.throwIfAborted()
  const opening = new AbortController()
  const giveUp = (): void => opening.abort(signal.reason)
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    const stream = await open(opening.signal)
    if (signal.aborted) stream.destroy()
    signal.throwIfAborted()
    const close = (): void => void stream.destroy()
    signal.addEventListener('abort', close, { once: true })
    stream.once('close', () => signal.removeEventListener('abort', close))
    return stream
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

/** The chunks of a stream that was opened so; no error at the signal, and the stream is closed when the reader leaves. */
export async function* readStream(stream: Readable, signal: AbortSignal): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream) yield chunk as Buffer
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    stream.destroy()
  }
}

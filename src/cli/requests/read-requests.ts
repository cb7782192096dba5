import type { RequestItem } from '../../wire/request-stream.ts'
import type { Client, RequestQuery } from '../client/client.ts'
import type { Io } from '../io.ts'
import { DaemonGoneError } from '../refusal-error.ts'

const AGAIN_MS = 300

/**
 * Requests until there are no more, or the signal aborts. When the daemon goes away meanwhile, whoever follows is told so, and goes on
 * behind the last request where it is back.
 */
export async function readRequests(
  source: { readonly client: Client; readonly io: Io; readonly query: RequestQuery; readonly signal: AbortSignal },
  take: (item: RequestItem) => void,
): Promise<void> {
  const { client, io, signal } = source
  let { query } = source
  while (!signal.aborted) {
    try {
      for await (const item of client.requests(query, signal)) {
        if (!('note' in item)) {
          const { tail: _tail, ...rest } = query
          query = { ...rest, after: item.id }
        }
        take(item)
      }
      return
    } catch (error) {
      if (signal.aborted) return
      if (!query.follow || !(error instanceof DaemonGoneError)) throw error
    }
    take({ note: 'daemon-away', at: io.clock.now() })
    await io.clock.sleep(AGAIN_MS, signal).catch(() => undefined)
    if (signal.aborted) return
    await client.reconnect()
    take({ note: 'daemon-back', at: io.clock.now() })
  }
}

import type { Instant } from '../kernel/instant.ts'
import type { RequestRecord } from '../model/edge.ts'

/** One item of the stream of requests. */
export type RequestItem = RequestRecord | RequestNote

/** Something about the stream itself. */
export interface RequestNote {
  /**
   * `missed`: there were more than could be told; `edge-away`: the edge is gone, or cannot be reached; `edge-back`: it is here again and has
   * gone on meanwhile; `edge-restarted`: it is here again and knows nothing of what was before; `daemon-away`, `daemon-back`: the same of the
   * daemon, noted by its client.
   */
  readonly note: 'missed' | 'edge-away' | 'edge-back' | 'edge-restarted' | 'daemon-away' | 'daemon-back'
  readonly at: Instant
  /** Of `missed`: how many. */
  readonly count?: number
}

/** An answer of 500 or above, none that was complete, or a client that left before it. */
export function isFailed({ status, reason }: Pick<RequestRecord, 'status' | 'reason'>): boolean {
  if (status === undefined) return reason !== undefined
  return status >= 499 || (status < 400 && reason !== undefined)
}

/** The run of the edge and the number of a request there, of its id. */
export function partsOf(id: string): { readonly run: string; readonly number: number } {
  const dot = id.lastIndexOf('.')
  return { run: id.slice(0, dot), number: Number(id.slice(dot + 1)) }
}

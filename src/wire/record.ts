import * as z from 'zod'
import type { TraceHeader, TraceLine } from './trace.ts'

/** First text frame of a record WebSocket; a frame after it means: tell the rest, and finish. The answer is the header and the lines of a trace. */
export const recordRequest = z
  .object({
    /** Names or keys; empty means all that are there now. */
    components: z.array(z.string()).default([]),
  })
  .strict()
export type RecordRequest = z.input<typeof recordRequest>
export type RecordOrder = z.output<typeof recordRequest>

export type TraceItem = TraceHeader | TraceLine

import * as z from 'zod'
import type { Instant, Millis } from '../kernel/instant.ts'
import type { ComponentKey } from '../model/names.ts'

/** What no load may exceed: it runs in the daemon, beside everything else. */
export const LOAD_LIMITS = { requests: 1_000_000, seconds: 3600, perSecond: 10_000, inFlight: 10_000, timeoutMs: 600_000 } as const

/** A rate that goes straight from `from` to `to`, in requests a second, between two points in seconds since the start. */
const ratePiece = z
  .object({
    startSeconds: z.number().min(0).max(LOAD_LIMITS.seconds),
    endSeconds: z.number().min(0).max(LOAD_LIMITS.seconds),
    from: z.number().min(0).max(LOAD_LIMITS.perSecond),
    to: z.number().min(0).max(LOAD_LIMITS.perSecond),
  })
  .strict()
export type LoadPiece = z.output<typeof ratePiece>

/** Requests that come evenly, or by chance (a Poisson process); the pieces are in order of time and do not overlap. */
const loadStream = z.object({ arrivals: z.enum(['constant', 'poisson']), pieces: z.array(ratePiece).min(1).max(10_000) }).strict()
export type LoadStream = z.output<typeof loadStream>

/** First text frame of a load WebSocket; a frame after it means: send no more, and finish. The answer is `LoadReport`s. */
export const loadRequest = z
  .object({
    /** A component by name or key, with one of its ports, or a URL of this machine. */
    target: z.union([
      z.object({ component: z.string().min(1), port: z.number().int().min(1).max(65_535).optional() }).strict(),
      z.object({ url: z.string().min(1).max(8192) }).strict(),
    ]),
    method: z
      .string()
      .regex(/^[A-Z]{1,20}$/, 'expected a method such as GET')
      .default('GET'),
    /** With its query; in place of that of the target. */
    path: z
      .string()
      .max(8192)
      .regex(/^\/[\u0021-\u007e]*$/, 'expected a path that begins with "/" and has no spaces')
      .optional(),
    headers: z
      .array(z.tuple([z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/), z.string().regex(/^[\t\u0020-\u007e]*$/)]))
      .max(100)
      .default([]),
    streams: z.array(loadStream).min(1).max(100),
    /** Of what is left to chance. */
    seed: z.number().int().min(0).max(0xffffffff).default(1),
    /** Requests that are in flight at once; more wait, and their wait counts. */
    concurrency: z.number().int().min(1).max(LOAD_LIMITS.inFlight).default(1000),
    /** From the time that a request is due. */
    timeoutMs: z.number().int().min(1).max(LOAD_LIMITS.timeoutMs).default(30_000),
  })
  .strict()
export type LoadRequest = z.input<typeof loadRequest>
export type LoadOrder = z.output<typeof loadRequest>

/** Milliseconds; percentiles are within 1 %, `max` is exact. */
export interface LoadPercentiles {
  readonly p50: Millis
  readonly p90: Millis
  readonly p99: Millis
  readonly p999: Millis
  readonly max: Millis
}

/** What was sent and came back since the start. */
export interface LoadFigures {
  /** Time since the first request could be due. */
  readonly elapsedMs: Millis
  /** Requests that were due. */
  readonly due: number
  readonly sent: number
  /** Completely, whatever their status. */
  readonly answered: number
  readonly inFlight: number
  /** Due, and not sent because as many as allowed are in flight. */
  readonly waiting: number
  /** Given up before they were sent: the load was stopped, or their time was over. */
  readonly unsent: number
  /** Without a complete answer, or with one of 500 or above. */
  readonly failed: number
  /** Answers by the hundreds of their status: `2xx`. */
  readonly statuses: Readonly<Record<string, number>>
  /** Requests without a complete answer, by reason: `timeout`, `stopped`, or a code of the system such as `ECONNREFUSED`. */
  readonly errors: Readonly<Record<string, number>>
  /** Sent once more because the kept connection was closed at that moment. */
  readonly repeated: number
  /** From the time that a request was due to the end of its answer; absent before the first one. */
  readonly latency?: LoadPercentiles
  /** From the time that a request was due to the time that it was sent: the generator's own delay. */
  readonly lateness?: LoadPercentiles
  /** Requests that had to wait because as many as allowed were in flight. */
  readonly limited: number
  /** From the start to the end of the first answer below 500. */
  readonly firstAnswerMs?: Millis
  /** Of bodies. */
  readonly bytesIn: number
}

/** One a second, and a last one. */
export interface LoadReport extends LoadFigures {
  readonly schemaVersion: 1
  readonly type: 'progress' | 'summary'
  readonly at: Instant
  /** Where the requests go. */
  readonly url: string
  /** Of the component that was named. */
  readonly component?: {
    readonly key: ComponentKey
    readonly wanted: number
    readonly ready: number
    readonly held: number
  }
}
